"""The demo world, filled as `make run` fills it."""
