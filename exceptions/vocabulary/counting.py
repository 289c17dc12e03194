"""What the rollups of the dashboards keep, and how coarsely."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Grain(models.TextChoices):
    """How long a time one rolled-up number is of."""

    DAY = "d", _("day")
    MONTH = "m", _("month")


class Figure(models.TextChoices):
    """What is counted, each on its own day; `what` and `place` of the rollup tell apart."""

    DETECTED = "detected", _("cases detected, by tier")
    KIND = "kind", _("cases detected, by kind")
    HOUR = "hour", _("cases detected, by weekday and hour")
    ENTERED = "entered", _("cases, by the state that they entered")
    RECURRING = "recurring", _("cases detected that count, by kind, recurring or not")
    SUBJECT = "subject", _("cases detected that count, by subject, recurring or not")
    FIXED = "fixed", _("cases fixed, by kind, come back or not")
    RESPONSE = "response", _("time to first response, by class of duration")
    WORKED = "worked", _("time to resolution by people, by class of duration")
    ENDED = "ended", _("cases ended, by outcome")
    OPEN = "open", _("cases become open, less cases ended")
    REOPENED = "reopened", _("cases reopened, on the day of the last time")
    PAUSED = "paused", _("pauses begun, by for whom and class of duration")
    CLOCK = "clock", _("clocks ended, by kind, breached or not")
    REQUEST = "request", _("requests for approval ended, by how")
    ANSWER = "answer", _("time from request to final vote, by class of duration")
    LEVEL_WAIT = "level_wait", _("time until a level was looked at, by level and class")
    LEVEL_TOUCH = "level_touch", _("time from there to its end, by level and class")
    STEP = "step", _("time in a state before a step, by step and class of duration")
    WAY = "way", _("cases ended, by their way through the states and class of duration")
    PEOPLE = "people", _("cases ended, by how many people had moved them")
    REASSIGNED = "reassigned", _("cases ended, by how often they changed their owner")
    TEAM_MOVED = "team_moved", _("moves by people, by team")
    MOVED = "moved", _("moves by people, by site and quarter of an hour of the day")
    VOTE = "vote", _("time from being asked to the vote, by voter and class")
    AVOIDED = "avoided", _("what ended cases avoided, in cents (place 0), and cases (1)")
    LOST = "lost", _("what was lost with ended cases, in cents (place 0), and cases (1)")
    DECIDED = "decided", _("cases by what was decided, on the day of the decision")
    UNSAID = "unsaid", _("cases ended of which nobody said amounts, by outcome")


class Unit(models.TextChoices):
    """What a number of the dashboards is: how it is written, and how it changes."""

    COUNT = "count", _("count")
    SHARE = "share", _("share, from 0 to 1")
    DURATION = "duration", _("seconds")
    LATENCY = "latency", _("seconds, with fractions")
    MONEY = "money", _("amount of money, in the currency that it is told of")
    RATE = "rate", _("ratio")


class Better(models.TextChoices):
    """Which way a number should go."""

    LESS = "less", _("less is better")
    MORE = "more", _("more is better")
    NEITHER = "neither", _("neither is better")


class Left(models.TextChoices):
    """How much of its business time a clock has left."""

    OVER = "over", _("over")
    UNREAD = "unread", _("past due, source not read since")
    HOUR = "hour", _("less than 1 h")
    HOURS_4 = "hours_4", _("1 to 4 h")
    HOURS_8 = "hours_8", _("4 to 8 h")
    DAY = "day", _("8 to 24 h")
    LATER = "later", _("more than 24 h")
