"""Meridian Components: the invented company that the simulator runs."""
