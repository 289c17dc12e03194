"""Exchange rates of the demo world, as a policy admin would type them."""

from datetime import datetime, timedelta

from exceptions import exchange
from exceptions.actors import person
from exceptions.models import User

# At the start of the history, and lately. Made up, as everything here is.
RATES = (
    ("USD", "0.9120", 90),
    ("INR", "0.01080", 90),
    ("GBP", "1.1650", 90),
    ("USD", "0.9215", 3),
    ("INR", "0.01095", 3),
    ("GBP", "1.1710", 3),
)


def say(*, at: datetime) -> None:
    actor = person(User.objects.get(username="petra"))
    for currency, rate, days_ago in RATES:
        exchange.say(
            actor,
            currency=currency,
            into="EUR",
            rate=rate,
            day=(at - timedelta(days=days_ago)).date(),
            source="Demo bank",
            at=at,
        )
