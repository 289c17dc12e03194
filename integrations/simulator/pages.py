"""The few HTML pages: Odoo's refusals, a proxy's, and a plain view of a record behind a link."""

import html

from integrations.simulator import reading
from integrations.simulator.world import World

NO_DATABASE = """<!DOCTYPE html>
<title>404 Not Found</title>
<h1>Not Found</h1>
<p>No database is selected and the requested URL was not found in the server-wide controllers.</p>
<p>Please verify the hostname, <a href=/web/login>login</a> and try again.</p>

<!-- Alternatively, use the X-Odoo-Database header. -->
"""
BAD_GATEWAY = """<html>
<head><title>502 Bad Gateway</title></head>
<body>
<center><h1>502 Bad Gateway</h1></center>
<hr><center>nginx</center>
</body>
</html>
"""
TOO_LARGE = "<!DOCTYPE html>\n<title>413 Request Entity Too Large</title>\n"


def not_found(version: int) -> str:
    if version >= 19:
        return "<!DOCTYPE html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n"
    return (
        "<!DOCTYPE html>\n<html>\n    <head>\n        <title>Odoo</title>\n    </head>\n</html>\n"
    )


def record(world: World, path: str) -> str:
    """``/odoo/<model>/<id>`` as a table of its fields; empty when there is nothing to show."""
    parts = path.strip("/").split("/")
    if path in {"/", "/web", "/web/login", "/odoo"}:
        return _page("Simulated Odoo", "<p>There is no user interface here, only records.</p>")
    if len(parts) < 3 or parts[0] not in {"odoo", "web"} or not parts[-1].isdigit():
        return ""
    model, record_id = parts[-2], int(parts[-1])
    if model not in world.models:
        return ""
    with world.lock:
        found = reading.read(world, model, [record_id], sorted(world.models[model].fields))
        title = str(world.label(model, record_id))
    if not found:
        return ""
    return _page(f"{world.models[model].title}: {title}", _table(found[0]))


def _table(values: dict[str, object]) -> str:
    rows = "".join(
        f"<tr><th>{html.escape(name)}</th><td>{html.escape(_shown(value))}</td></tr>"
        for name, value in values.items()
    )
    return f"<table>{rows}</table>"


def _shown(value: object) -> str:
    return "" if value is False else str(value)


def _page(title: str, body: str) -> str:
    safe = html.escape(title)
    return f"<!DOCTYPE html>\n<html lang=en><title>{safe}</title><h1>{safe}</h1>{body}</html>\n"
