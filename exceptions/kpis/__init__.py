"""The numbers of the tower (design §11), each defined once: its name, its meaning, how it is read.

Tiles, the report, `manage.py kpis`, the API and alerts all read them here.
"""
