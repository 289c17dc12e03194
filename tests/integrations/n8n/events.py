"""Events as n8n gets them, and the schema that its workflows are written against."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from exceptions.models import OutboxMessage
from integrations.targets import n8n

N8N = Path(__file__).parents[3] / "integrations" / "n8n"


@cache
def schema() -> Any:
    return json.loads((N8N / "schemas" / "event.json").read_text())


def faults(event: Any) -> list[str]:
    """What of the event the schema does not allow."""
    checked = Draft202012Validator(schema(), format_checker=FormatChecker())
    return [error.message for error in checked.iter_errors(event)]


def sent() -> list[dict[str, Any]]:
    """Everything that goes out to n8n, oldest first, as it goes out."""
    messages = OutboxMessage.objects.filter(target="n8n").order_by("pk")
    return [json.loads(n8n.envelope(message)) for message in messages]


def announced() -> list[dict[str, Any]]:
    """Without what playbooks send."""
    return [event for event in sent() if "version" in event["data"]]


def types() -> list[str]:
    return [event["type"] for event in announced()]
