"""Errors of the API."""

from rest_framework.views import exception_handler as as_problem

__all__ = ["as_problem"]
