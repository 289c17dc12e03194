"""Files over the API."""

import base64
import hashlib
import json
from typing import Any

from exceptions.models import Case, Evidence
from tests.exceptions.api.calling import CASES, Program, problem, program, said, wrong_fields
from tests.exceptions.evidence import pictures

PDF = pictures.PDF


def send(who: Program, case: Case, name: str, content: bytes, kind: str = "application/pdf") -> Any:
    path = f"{CASES}{case.pk}/evidence/?name={name}"
    return who.client.post(path, content, content_type=kind, headers=who.headers())


def withdraw(who: Program, pk: int, body: Any) -> Any:
    path, kind = f"/api/v1/evidence/{pk}/", "application/json"
    return who.client.delete(path, json.dumps(body), content_type=kind, headers=who.headers())


def test_a_file_is_added_listed_fetched_and_withdrawn(lead: Program, case: Case) -> None:
    status, told = said(send(lead, case, "report.pdf", PDF))
    digest = hashlib.sha256(PDF).digest()
    listed: Any = lead.get(f"{CASES}{case.pk}/evidence/")
    fetched: Any = lead.get(f"/api/v1/evidence/{told['id']}/")

    assert (status, told["says"], told["source"]) == (200, "report.pdf is stored.", "api")
    assert (told["size"], told["sha256"], told["added_by"]) == (
        len(PDF),
        digest.hex(),
        "lead.rtm (n8n)",
    )
    assert listed.json() == [{k: v for k, v in told.items() if k != "says"}]
    assert b"".join(fetched.streaming_content) == PDF
    assert fetched.headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest).decode()}:"
    assert wrong_fields(withdraw(lead, told["id"], {})) == (400, ["reason"])
    gone = said(withdraw(lead, told["id"], {"reason": "the wrong one"}))
    assert (gone[0], gone[1]["withdrawn_why"]) == (200, "the wrong one")
    assert problem(withdraw(lead, told["id"], {"reason": "again"})) == (
        409,
        "report.pdf was withdrawn before.",
    )


def test_a_form_is_no_file(lead: Program, case: Case) -> None:
    """The bytes are the body, whatever it is called: a form would be stored as its own text."""
    assert wrong_fields(lead.send(f"{CASES}{case.pk}/evidence/", {})) == (400, ["name"])
    status, told = said(send(lead, case, "a.txt", b"name=a", "application/x-www-form-urlencoded"))
    assert (status, told["size"]) == (200, 6)


def test_refusals_are_problems(lead: Program, case: Case, settings: Any) -> None:
    assert problem(send(lead, case, "a.zip", pictures.packed({"a": b""}))) == (
        409,
        "a.zip is a packed archive. Send the files in it one by one.",
    )
    settings.TOWER_EVIDENCE_LARGEST = 10
    assert problem(send(lead, case, "a.pdf", PDF))[0] == 413
    assert Evidence.objects.count() == 0


def test_other_sites_and_weaker_tokens_are_kept_out(lead: Program, case: Case) -> None:
    pk = said(send(lead, case, "report.pdf", PDF))[1]["id"]
    elsewhere, reads = program("lead.chi"), program("lead.rtm", "cases:read")
    moves = program("lead.rtm", "cases:move")
    assert said(elsewhere.get(f"{CASES}{case.pk}/evidence/"))[0] == 404
    assert problem(send(elsewhere, case, "a.pdf", PDF))[0] == 404
    assert problem(elsewhere.get(f"/api/v1/evidence/{pk}/"))[0] == 404
    assert problem(withdraw(elsewhere, pk, {"reason": "x"}))[0] == 404
    assert problem(send(reads, case, "a.pdf", PDF))[0] == 403
    assert problem(withdraw(reads, pk, {"reason": "x"}))[0] == 403
    assert problem(moves.get(f"/api/v1/evidence/{pk}/"))[0] == 403
