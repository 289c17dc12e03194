"""Numbers of the dashboards, added up as cases change, so that a page costs what its range costs.

Triggers note every case that changed (`StaleCase`); `keeping.freshen` takes what the case had added
out of the rollups and adds what it says now. What a case adds stands in `sql/added/` alone.
"""
