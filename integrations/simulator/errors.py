"""Odoo's errors: what is raised inside the simulator and shaped by each protocol."""

from dataclasses import dataclass, field


@dataclass
class OdooError(Exception):
    """An error as Odoo names it.

    ``status`` is the HTTP status JSON-2 answers with; ``/jsonrpc`` always answers 200.
    ``code`` is kept in ``arguments`` by werkzeug's own errors (401, 404, 422) and by no other.
    """

    name: str
    message: str
    status: int
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def arguments(self) -> list[object]:
        if self.name.startswith("werkzeug."):
            return [self.message, self.status]
        return [self.message]

    def body(self) -> dict[str, object]:
        return {
            "name": self.name,
            "message": self.message,
            "arguments": self.arguments,
            "context": {},
            "debug": f"Traceback (most recent call last):\n{self.name}: {self.message}\n",
        }


def unauthorised(message: str) -> OdooError:
    name = "werkzeug.exceptions.Unauthorized"
    return OdooError(name, message, 401, {"WWW-Authenticate": "Bearer "})


def denied() -> OdooError:
    return OdooError("odoo.exceptions.AccessDenied", "Access Denied", 403)


def access(message: str) -> OdooError:
    return OdooError("odoo.exceptions.AccessError", message, 403)


def not_found(message: str) -> OdooError:
    return OdooError("werkzeug.exceptions.NotFound", message, 404)


def bad_request(message: str) -> OdooError:
    return OdooError("werkzeug.exceptions.BadRequest", message, 400)


def unprocessable(message: str) -> OdooError:
    return OdooError("werkzeug.exceptions.UnprocessableEntity", message, 422)


def user(message: str) -> OdooError:
    return OdooError("odoo.exceptions.UserError", message, 422)


def validation(message: str) -> OdooError:
    return OdooError("odoo.exceptions.ValidationError", message, 422)


def value(message: str) -> OdooError:
    return OdooError("builtins.ValueError", message, 500)


def type_(message: str) -> OdooError:
    return OdooError("builtins.TypeError", message, 500)


def attribute(message: str) -> OdooError:
    return OdooError("builtins.AttributeError", message, 500)


def serialization() -> OdooError:
    message = "could not serialize access due to concurrent update\n"
    return OdooError("psycopg2.errors.SerializationFailure", message, 500)


def missing(model: str, record_id: int, uid: int) -> OdooError:
    message = (
        f"Record does not exist or has been deleted.\n(Record: {model}({record_id},), User: {uid})"
    )
    return OdooError("odoo.exceptions.MissingError", message, 404)


class LateFailure(OdooError):  # Odoo's error, only raised after all the work
    """Something that breaks between the work and the commit; on 17 the webhooks are out by then."""
