"""Comments and promises over the API."""

from typing import Any

from django.utils import timezone

from exceptions.models import Case, Comment
from tests.exceptions.api.calling import CASES, Program, problem, program, said, wrong_fields


def change(who: Program, path: str, body: Any = None, *, method: str = "patch") -> Any:
    send = getattr(who.client, method)
    return send(path, body, content_type="application/json", headers=who.headers())


def test_a_comment_is_written_changed_and_withdrawn(lead: Program, case: Case) -> None:
    path, key = f"{CASES}{case.pk}/comments/", {"Idempotency-Key": "one"}
    body = {"text": "@procurement.rtm Tuesday?"}
    status, told = said(lead.send(path, body, **key))
    again: Any = lead.send(path, body, **key)
    one = f"/api/v1/comments/{told['id']}/"

    assert (status, again.json(), Comment.objects.count()) == (200, told, 1)
    assert {k: told[k] for k in ("case", "author", "text", "mentions", "edited_at")} == {
        "case": case.pk,
        "author": "lead.rtm",
        "text": "@procurement.rtm Tuesday?",
        "mentions": ["procurement.rtm"],
        "edited_at": None,
    }
    assert said(change(lead, one, {"text": "Wednesday?"}))[1]["text"] == "Wednesday?"
    others = program("procurement.rtm")
    assert problem(change(others, one, {"text": "So."})) == (
        409,
        "Only lead.rtm can change this comment.",
    )
    assert said(change(lead, one, method="delete"))[1]["text"] == ""
    listed: Any = others.get(path)
    assert [(c["text"], c["withdrawn_at"] is None) for c in listed.json()] == [("", False)]


def test_a_promise_is_recorded_and_settled(lead: Program, case: Case) -> None:
    path = f"{CASES}{case.pk}/promises/"
    due = f"{timezone.now().year + 1}-01-31T10:00:00Z"
    body = {"by": "Kempten", "what": "It ships", "due_at": due}
    status, told = said(lead.send(path, body))
    one = f"/api/v1/promises/{told['id']}/"

    assert (status, told["due_at"], told["state"]) == (200, due, "open")
    assert said(change(lead, one, {"state": "broken"}))[1]["state"] == "broken"
    assert problem(change(lead, one, {"state": "kept"})) == (
        409,
        "This promise is already broken.",
    )
    assert wrong_fields(change(lead, one, {"state": "open"})) == (400, ["state"])
    assert wrong_fields(lead.send(path, body | {"due_at": due.removesuffix("Z")})) == (
        400,
        ["due_at"],
    )
    listed: Any = lead.get(path)
    assert [p["state"] for p in listed.json()] == ["broken"]


def test_other_sites_and_weaker_tokens_are_kept_out(lead: Program, case: Case) -> None:
    status, comment = said(lead.send(f"{CASES}{case.pk}/comments/", {"text": "So."}))
    elsewhere, reads = program("lead.chi"), program("lead.rtm", "cases:read")
    paths = [f"{CASES}{case.pk}/comments/", f"{CASES}{case.pk}/promises/"]

    assert status == 200
    assert [said(elsewhere.get(path))[0] for path in paths] == [404, 404]
    assert [problem(elsewhere.send(path, {}))[0] for path in paths] == [404, 404]
    assert [problem(reads.send(path, {}))[0] for path in paths] == [403, 403]
    one = f"/api/v1/comments/{comment['id']}/"
    assert problem(change(elsewhere, one, {"text": "x"}))[0] == 404
    assert problem(change(reads, one, method="delete"))[0] == 403
