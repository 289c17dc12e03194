"""The peak memory of one sync in a fresh process: `python -m benchmarks._peak DOCUMENTS URL`."""

import re
import subprocess
import sys
import uuid
from pathlib import Path

from django.utils import timezone

from benchmarks import _odoo
from integrations import connections
from integrations.odoo import connecting, sync
from integrations.odoo.access import Access, Secret


def of_fresh_process(documents: int) -> int:
    """In kB."""
    with _odoo.simulated(2 * documents) as access:
        command = [sys.executable, "-m", "benchmarks._peak", access.url]
        said = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(said.stdout)


def of_this_process() -> int:
    """The most that was ever resident, in kB (Linux; `ru_maxrss` would count our parent's too)."""
    status = Path("/proc/self/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0])


def main(url: str) -> None:
    access = Access(url, _odoo.DATABASE, _odoo.LOGIN, Secret(_odoo.KEY))
    report = connections.look(access, at=timezone.now())
    row = connections.connect(f"peak {uuid.uuid4().hex[:8]}", access, report).row
    with connecting.opened(row) as odoo:
        sync.sync(row, odoo, now=timezone.now)
    print(of_this_process())


if __name__ == "__main__":
    main(sys.argv[1])
