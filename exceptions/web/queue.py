"""The queue: the ranked worklist."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def queue(request: HttpRequest) -> HttpResponse:
    return render(request, "queue.html", {"section": "queue"})
