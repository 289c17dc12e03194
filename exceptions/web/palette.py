"""The command palette."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def palette(request: HttpRequest) -> HttpResponse:
    return render(request, "palette.html")
