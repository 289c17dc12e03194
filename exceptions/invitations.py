"""Coming in: people are invited by e-mail, and set a password anew when they forgot it.

The link in the e-mail is made when it is sent, and stands nowhere else. It opens until it was used,
another was sent, or PASSWORD_RESET_TIMEOUT is over.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from exceptions import access, actors, granting
from exceptions.access import NotAllowed
from exceptions.actors import Actor, person
from exceptions.letters import Letter
from exceptions.models import Access, Invitation, NoticeMail, Site, Team, User
from exceptions.vocabulary import MAIL_UNDER_WAY, MailKind, Role

MOST_OF_A_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Whom, and as what first. `site` None is every site."""

    first_name: str
    last_name: str
    email: str
    role: Role
    site: Site | None
    team: Team | None


class Links(PasswordResetTokenGenerator):
    """Each invitation that is sent anew, and each change of the account, ends the links before."""

    key_salt = "exceptions.invitations.Links"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        invitation = open_of(user)
        sent = (invitation.pk, invitation.number) if invitation else ()
        return f"{super()._make_hash_value(user, timestamp)}{user.is_active}{sent}"


links = Links()


@transaction.atomic
def invite(said: Invited, *, by: Actor, at: datetime) -> Invitation:
    """The person gets an e-mail, and comes in with their role once they accept. Raises NotAllowed.

    An address that somebody has whom the actor does not see is answered like a new one.
    """
    actor = access.may_give(by, said.role, said.site, said.team)
    assert actor.user is not None  # a machine gives no roles
    found = User.objects.filter(email__iexact=said.email).order_by("-is_active", "pk").first()
    if found is not None:
        _refuse_whom_they_see(actor, found)
    whose = found or _new(said)
    if found is None:
        granting.grant(whose, said.role, site=said.site, team=said.team, by=by, at=at)
    invitation = Invitation.objects.create(
        person=whose,
        name=f"{said.first_name} {said.last_name}".strip(),
        email=said.email,
        about=access.of_role(said.role, said.site, said.team)[:250],
        by=actor.user,
        sent_at=at,
        known=found is not None,
    )
    access.keep(Access.INVITED, whose, actor, at, f"{said.email}, {invitation.about}")
    _post(invitation, at)
    return invitation


def _refuse_whom_they_see(actor: Actor, found: User) -> None:
    if open_of(found) and actors.administered_people(actor).filter(pk=found.pk).exists():
        raise NotAllowed(_("%s was invited before: send it again below.") % found)
    if actors.visible_people(actor).filter(pk=found.pk).exists() and not open_of(found):
        raise NotAllowed(
            _("%s has this address already: give the role on their page, under People.") % found
        )


def _new(said: Invited) -> User:
    whose = User(
        username=_free_name(said.email),
        first_name=said.first_name,
        last_name=said.last_name,
        email=said.email,
        is_active=False,
    )
    whose.set_unusable_password()
    whose.save(force_insert=True)
    return whose


def _free_name(email: str) -> str:
    """What stands before the @; with a number where somebody is called so already."""
    base = re.sub(r"[^a-z0-9._-]", "", email.partition("@")[0].lower())[:MOST_OF_A_NAME] or "person"
    taken = set(User.objects.filter(username__startswith=base).values_list("username", flat=True))
    names = [base, *(f"{base}{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


@transaction.atomic
def send_again(invitation: Invitation, *, by: Actor, at: datetime) -> bool:
    """Once more, with a new link; the one before opens nothing. False when it is over."""
    actor = access.admin_now(by)
    found = _locked(invitation)
    if found.accepted_at or found.withdrawn_at:
        return False
    found.number, found.sent_at = found.number + 1, at
    found.save(update_fields=["number", "sent_at"])
    access.keep(Access.INVITED, found.person, actor, at, _("%s, sent again") % found.email)
    _post(found, at)
    return True


@transaction.atomic
def withdraw(invitation: Invitation, *, by: Actor, at: datetime) -> bool:
    """Its links open nothing any more, and the roles that came with it are taken back. False when
    it is over already.
    """
    actor = access.admin_now(by)
    found = _locked(invitation)
    if found.accepted_at or found.withdrawn_at:
        return False
    found.withdrawn_at = at
    found.save(update_fields=["withdrawn_at"])
    if not found.known:
        for membership in found.person.memberships.select_related("user", "site", "team"):
            access.withdraw(membership, by=by, at=at)
        granting.take_all_back(found.person, actor, at=at)
    access.keep(Access.UNINVITED, found.person, actor, at, found.email)
    return True


def _locked(invitation: Invitation) -> Invitation:
    locking = Invitation.objects.select_related("person").select_for_update(
        of=("self",), no_key=True
    )
    return locking.get(pk=invitation.pk)


def _post(invitation: Invitation, at: datetime) -> None:
    NoticeMail.objects.create(
        person=invitation.person,
        kind=MailKind.INVITATION,
        invitation=invitation,
        made_at=at,
        next_attempt_at=at,
    )


# -- Coming in ---------------------------------------------------------------------------------


def open_of(whose: User) -> Invitation | None:
    """The invitation that waits for this person."""
    waiting = Invitation.objects.filter(accepted_at=None, withdrawn_at=None, known=False)
    return waiting.filter(person=whose.pk).first()


def not_in_yet() -> QuerySet[User]:
    """People who were invited and have not accepted."""
    waiting = Invitation.objects.filter(
        person=OuterRef("pk"), accepted_at=None, withdrawn_at=None, known=False
    )
    return User.objects.filter(Exists(waiting), is_active=False)


def invited_at(email: str) -> User | None:
    """Who was invited under this address and has not come in yet."""
    return not_in_yet().filter(email__iexact=email).first()


def behind(person_id: int, token: str) -> User | None:
    """Whose password the link sets; None when it opens nothing, or nothing any more."""
    whose = User.objects.filter(pk=person_id).first()
    if whose is None or not settings.TOWER_PASSWORDS or not links.check_token(whose, token):
        return None
    if open_of(whose):
        return whose
    return whose if whose.is_active and whose.has_usable_password() else None


@transaction.atomic
def accept(whose: User, *, at: datetime) -> bool:
    """They are in. False when they were not invited, or it was withdrawn meanwhile."""
    waiting = open_of(whose)
    found = _locked(waiting) if waiting else None
    if found is None or found.withdrawn_at or found.accepted_at:
        return False
    found.accepted_at = at
    found.save(update_fields=["accepted_at"])
    whose.is_active = True
    whose.save(update_fields=["is_active"])
    access.keep(Access.JOINED, whose, person(whose), at)
    return True


@transaction.atomic
def set_password(whose: User, password: str, *, at: datetime) -> bool:
    """Sets it, and lets in who was invited. All sessions of theirs end. False when the link was
    used, or the invitation withdrawn, a moment before.
    """
    fresh = User.objects.select_for_update(no_key=True).get(pk=whose.pk)
    if fresh.password != whose.password:
        return False
    if open_of(fresh):
        if not accept(fresh, at=at):
            return False
    elif not fresh.is_active:
        return False
    else:
        access.keep(Access.PASSWORD_SET, fresh, person(fresh), at)
    fresh.set_password(password)
    fresh.save(update_fields=["password"])
    return True


def forgotten(named: str, *, at: datetime) -> None:
    """Send a link to whoever has this user name or address, if they sign in with a password.

    Whether there is anybody, the caller cannot tell.
    """
    if not settings.TOWER_PASSWORDS:
        return
    found = User.objects.filter(Q(username__iexact=named) | Q(email__iexact=named), is_active=True)
    for whose in found.exclude(email="")[:5]:
        if whose.has_usable_password():
            _post_link(whose, at)


def _post_link(whose: User, at: datetime) -> None:
    """One at a time: who asks ten times gets one e-mail."""
    waiting = NoticeMail.objects.filter(person=whose, kind=MailKind.PASSWORD)
    if not waiting.filter(state__in=MAIL_UNDER_WAY).exists():
        NoticeMail.objects.create(
            person=whose, kind=MailKind.PASSWORD, made_at=at, next_attempt_at=at
        )


# -- E-mails -----------------------------------------------------------------------------------


def letter(mail: NoticeMail) -> Letter | None:
    """What it says; None when it is for nobody any more."""
    if mail.kind == MailKind.PASSWORD:
        return _of_password(mail.person) if mail.person.is_active else None
    invitation = mail.invitation
    if invitation is None or invitation.accepted_at or invitation.withdrawn_at:
        return None
    return _for_known(invitation) if invitation.known else _of_invitation(invitation)


def address(whose: User) -> str:
    """Where the password is set."""
    return f"{settings.TOWER_BASE_URL}/sign-in/password/{whose.pk}/{links.make_token(whose)}/"


def _of_invitation(invitation: Invitation) -> Letter:
    lines = [
        _("%(by)s invites you to the control tower, as %(role)s.")
        % {"by": invitation.by, "role": invitation.about},
        "",
        *_how_in(invitation.person),
    ]
    return Letter(_("Come in to the control tower"), "\n".join([*lines, ""]))


def _how_in(whose: User) -> list[str]:
    if not settings.TOWER_PASSWORDS:
        return [
            _("Sign in with your %s:") % settings.OIDC_NAME,
            f"{settings.TOWER_BASE_URL}/sign-in/",
        ]
    return [
        _("Your user name is %s. Choose your password here, within three days:") % whose.username,
        address(whose),
    ]


def _for_known(invitation: Invitation) -> Letter:
    lines = [
        _("%(by)s wanted to invite you to the control tower, as %(role)s.")
        % {"by": invitation.by, "role": invitation.about},
        _("You have an account already: your user name is %s.") % invitation.person.username,
        _("Nothing was changed. Ask an integration admin of every site for the role."),
        "",
        f"{settings.TOWER_BASE_URL}/sign-in/",
    ]
    return Letter(_("You have an account in the control tower"), "\n".join([*lines, ""]))


def _of_password(whose: User) -> Letter:
    lines = [
        _("Somebody, you we hope, forgot the password of %s.") % whose.username,
        _("Set a new one here, within three days:"),
        address(whose),
        "",
        _("If it was not you, do nothing: your password stays as it is."),
    ]
    return Letter(_("A new password for the control tower"), "\n".join([*lines, ""]))
