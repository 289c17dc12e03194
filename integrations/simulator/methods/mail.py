"""Chatter, activities and attachments."""

import base64
import hashlib
import html
from typing import Any

from integrations.simulator import errors, instants, reading, writing
from integrations.simulator.calls import Call, Records, public
from integrations.simulator.methods import rules

THREADS = (
    "stock.picking",
    "purchase.order",
    "sale.order",
    "account.move",
    "product.product",
    "project.task",
    "project.project",
    "res.partner",
)
ACTIVITY_TYPES = {
    "mail.mail_activity_data_email": "Email",
    "mail.mail_activity_data_call": "Call",
    "mail.mail_activity_data_meeting": "Meeting",
    "mail.mail_activity_data_todo": "To-Do",
    "mail.mail_activity_data_upload_document": "Document",
}
SUBTYPES = {
    "mail.mt_comment": "Discussions",
    "mail.mt_note": "Note",
    "mail.mt_activities": "Activities",
}
# Odoo lets whoever may read these write on their chatter (`_mail_post_access = "read"`).
READERS_POST = frozenset({"account.move"})
NO_SENDER = "Unable to send message, please configure the sender's email address."


@public("message_post", *THREADS)
def message_post(
    call: Call,
    ids: list[int],
    body: str = "",
    subject: str | None = None,
    message_type: str = "notification",
    subtype_xmlid: str | None = None,
    attachment_ids: list[int] | None = None,
    partner_ids: list[int] | None = None,  # noqa: ARG001  # nobody is notified here
    body_is_html: bool = False,  # Odoo's signature
) -> Records:
    """A message on one record; the body is escaped unless the caller says that it is HTML."""
    _may_post(call)
    record_id = call.existing(ids)[0]
    text = body if body_is_html else reading.escape(body)
    message = _message(
        call, call.model, record_id, text, subtype_xmlid, subject=subject,
        message_type=message_type, attachment_ids=attachment_ids or [],
    )  # fmt: skip
    return Records("mail.message", [message], single=True)


def _may_post(call: Call) -> None:
    call.may("read" if call.model in READERS_POST else "write")


def _message(
    call: Call, model: str, record_id: int, body: str, subtype: str | None, **values: Any
) -> int:
    author = call.world.tables["res.users"].rows[call.login.uid]
    if not author.get("email"):
        raise errors.user(NO_SENDER)
    subtypes = call.world.tables["mail.message.subtype"]
    name = SUBTYPES.get(subtype or "mail.mt_note", "Note")
    return call.tx.create(
        "mail.message",
        {
            "model": model,
            "res_id": record_id,
            "body": body,
            "subtype_id": subtypes.where("name", name)[0],
            "author_id": author["partner_id"],
            "email_from": f'"{author["name"]}" <{author["email"]}>',
            "date": call.tx.at[: instants.WIRE_LENGTH],
            "message_type": "notification",
            **values,
        },
    )


@public("activity_schedule", *THREADS)
def activity_schedule(
    call: Call,
    ids: list[int],
    act_type_xmlid: str = "",
    date_deadline: str | None = None,
    summary: str = "",
    note: str = "",
    user_id: int | None = None,
    activity_type_id: int | None = None,
) -> Records:
    _may_post(call)
    types = call.world.tables["mail.activity.type"]
    wanted = ACTIVITY_TYPES.get(act_type_xmlid, "To-Do")
    type_id = activity_type_id or types.where("name", wanted)[0]
    values = {
        "activity_type_id": type_id,
        "summary": summary,
        "note": note,
        "date_deadline": date_deadline or call.tx.at[: instants.DAY_LENGTH],
        "user_id": user_id or call.login.uid,
        "automated": True,
    }
    made = [_activity(call, call.model, each, values) for each in call.existing(ids)]
    return Records("mail.activity", made, as_text=True)


def _activity(call: Call, model: str, record_id: int, values: dict[str, Any]) -> int:
    """An activity on a record; its assignee must be able to see the record."""
    hung = {
        **values,
        "res_model": model,
        "res_model_id": call.world.tables["ir.model"].where("model", model)[0],
        "res_id": record_id,
        "res_name": call.world.label(model, record_id),
    }
    return writing.create(call, "mail.activity", hung)


@rules.creates("mail.activity")
def create_activity(call: Call, values: dict[str, Any]) -> int:
    """Directly created activities need ``res_model_id``; a model's name is not enough."""
    model_id = values.pop("res_model_id", None)
    record_id = values.pop("res_id", 0)
    values.pop("res_model", None)
    if not model_id:
        if record_id:
            raise errors.validation(
                "Activities have to be linked to records with a not null res_id."
            )
        return writing.create(call, "mail.activity", values)
    model = call.world.tables["ir.model"].rows[int(model_id)]["model"]
    if record_id not in call.world.tables[model].rows:
        raise errors.missing(model, record_id, call.login.uid)
    values.setdefault("date_deadline", call.tx.at[: instants.DAY_LENGTH])
    values.setdefault("user_id", call.login.uid)
    return _activity(call, model, record_id, values)


@public("action_feedback", "mail.activity")
def action_feedback(
    call: Call,
    ids: list[int],
    feedback: str | bool = False,
    attachment_ids: list[int] | None = None,
) -> int | bool:
    """Done: a message on the record; the row is archived (19) or gone (17)."""
    message = 0
    for activity in call.existing(ids):
        row = call.tx.row("mail.activity", activity)
        if row.get("res_model"):
            summary = html.escape(str(row.get("summary", "")), quote=False)
            text = html.escape(str(feedback or ""), quote=False)
            note = _original(row.get("note"))
            body = f"<div><p>{summary} done</p><div>{text}</div>{note}</div>"
            message = _message(
                call, row["res_model"], row["res_id"], body, "mail.mt_activities",
                attachment_ids=attachment_ids or [],
            )  # fmt: skip
        _finish(call, activity, feedback)
    return message or False


def _original(note: str | None) -> str:
    """All that is left of the activity on 17: what it said is kept in the message."""
    if not note:
        return ""
    title = '<div class="o_mail_note_title"><strong>Original note:</strong></div>'
    return f"{title}<div>{note}</div>"


@public("action_done", "mail.activity")
def action_done(call: Call, ids: list[int]) -> int | bool:
    return action_feedback(call, ids)


def _finish(call: Call, activity: int, feedback: str | bool) -> None:
    if call.version < 19:
        call.tx.unlink("mail.activity", activity)
        return
    day = call.tx.at[: instants.DAY_LENGTH]
    values = {"active": False, "feedback": feedback, "date_done": day}
    call.tx.write("mail.activity", activity, values)


@rules.creates("ir.attachment")
def create_attachment(call: Call, values: dict[str, Any]) -> int:
    """The checksum is the SHA-1 of the content, as Odoo keeps it."""
    model, record_id = values.get("res_model"), values.get("res_id")
    if model and record_id:
        call.may("write", str(model))
        if record_id not in call.world.tables[str(model)].rows:
            raise errors.missing(str(model), int(record_id), call.login.uid)
    content = base64.b64decode(values.get("datas") or "")
    made = writing.create(call, "ir.attachment", values)
    known = {
        "checksum": hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        "file_size": len(content),
        "mimetype": values.get("mimetype") or "application/octet-stream",
    }
    call.tx.write("ir.attachment", made, known)
    return made
