"""Print RULES as the Markdown table and the state diagram of ARCHITECTURE.md."""

from typing import Any

from django.core.management.base import BaseCommand

from exceptions import rules_table


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def handle(self, **_options: Any) -> None:
        self.stdout.write(rules_table.table())
        self.stdout.write(f"\n```mermaid\n{rules_table.diagram()}\n```")
