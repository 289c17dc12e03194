"""The histories of cases as event logs, for process mining."""
