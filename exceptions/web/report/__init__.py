"""The executive report as pages and files."""
