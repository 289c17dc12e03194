"""What must never have happened to approvals, read from the tables alone."""

from exceptions.models import ApprovalRequest, Decision, OutboxMessage, Vote


def unfair() -> list[str]:
    """Votes by or for the proposer, and people who appear twice on one request."""
    found, seen = [], set()
    for vote in Vote.objects.select_related("request"):
        people = {vote.voter_id, vote.cast_by_id}
        if vote.request.proposed_by_id in people:
            found.append(f"{vote.pk} is about one's own")
        for who in people:
            if (vote.request_id, who) in seen:
                found.append(f"{who} voted twice on {vote.request_id}")
            seen.add((vote.request_id, who))
    return found


def alone() -> list[str]:
    """What cannot be undone, and was sent with one person's hand on it."""
    found = []
    verbs = ["cancel", "apply_count", "scrap", "release", "split"]
    for_good = OutboxMessage.objects.filter(verb__in=verbs)
    for message in for_good.exclude(decision=None).select_related("decision"):
        proposer = message.decision.proposed_by_id if message.decision else None
        yes = Vote.objects.filter(request__decision=message.decision, ballot="yes")
        if not yes.exclude(voter=proposer).exclude(cast_by=proposer).exists():
            found.append(message.key)
    return found


def unapproved() -> list[str]:
    """Decisions that were sent without a yes for each level, or not sent with it, counted from
    votes alone.
    """
    found = []
    sent = set(OutboxMessage.objects.exclude(decision=None).values_list("decision_id", flat=True))
    for request in ApprovalRequest.objects.prefetch_related("levels", "votes"):
        yes = {vote.level_id for vote in request.votes.all() if vote.ballot == "yes"}
        no = any(vote.ballot == "no" for vote in request.votes.all())
        whole = yes == {level.pk for level in request.levels.all()} and not no
        if (request.decision_id in sent) != (whole and request.state == "approved"):
            found.append(f"{request.pk} is {request.state}: {len(yes)} levels said yes")
    asked = set(ApprovalRequest.objects.values_list("decision_id", flat=True))
    costly = Decision.objects.filter(cost__gte=250).exclude(pk__in=asked)
    return [*found, *(f"{decision.pk} asked nobody" for decision in costly)]
