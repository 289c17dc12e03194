"""A company of any size, made up to see how the tower fares with it: never beside real cases."""
