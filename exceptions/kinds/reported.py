"""What people raise by hand: of any kind, and an exception because they say so."""

from exceptions.facts import Report
from exceptions.verdicts import Finding, Impact, Verdict


def verdict(facts: Report) -> Verdict:
    """A finding, as no source can show that it is over, only people can say so; but none in what
    was over when it was imported.
    """
    if not facts.living:
        return Verdict(finding=None, recheck_at=None)
    return Verdict(
        finding=Finding(
            title=facts.summary,
            subject=_subject(facts),
            impact=Impact(
                value=facts.value,
                currency=facts.currency,
                need_at=facts.need_at,
                customer_tier=facts.partner.tier if facts.partner else None,
            ),
        ),
        recheck_at=None,
    )


def _subject(facts: Report) -> str:
    """A partner of the source recurs with what the source shows of it; else words recur as they
    are, whatever their case and spaces.
    """
    if facts.partner:
        return f"partner:{facts.partner.id}"
    return subject_said(facts.subject)


def subject_said(words: str) -> str:
    """The subject of what is named in words alone."""
    return f"said:{' '.join(words.casefold().split())}"[:100]
