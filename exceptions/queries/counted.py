"""Counted: the figures of one scope, each read once, however many numbers and charts need it."""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeVar

from exceptions.queries.scope import Scope

Found = TypeVar("Found")


class Counted:
    """`counted(volume.by_day)` reads the figure over the scope, once however often it is asked."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._found: dict[Callable[[Scope], Any], Any] = {}

    def __call__(self, figure: Callable[[Scope], Found]) -> Found:
        if figure not in self._found:
            self._found[figure] = figure(self.scope)
        found: Found = self._found[figure]
        return found

    @cached_property
    def apart(self) -> dict[int, "Counted"]:
        """The same for each site by itself."""
        sites = self.scope.sites
        return {site: Counted(replace(self.scope, sites=(site,))) for site in sites}
