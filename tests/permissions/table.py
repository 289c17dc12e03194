"""Who may do what: one row for each address and method.

`own` and `elsewhere` name the roles that are let in, when what the address names belongs to a site
of theirs, and when it does not:

    E executive   O operator (owner of the case)   S supervisor       P approver
    D policy admin (drafts)   I integration admin   A auditor         N a person without any role

A small letter is let in and refused with a sentence (409): they see it, but doing this is not
theirs, or not due. Who is not named gets 403 or 404. `=` stands for addresses that name nothing.

`anonymous` is what somebody gets who is not signed in: the page (`open`) or the way to sign in
(`shut`). `scopes` are those with which a token of the supervisor's is let in: r cases:read,
m cases:move, c cases:raise, f facts:write. Pages take no tokens: for them a caller with one is
anonymous.
"""

from dataclasses import dataclass

ROWS = """
route                        method own      elsewhere anonymous scopes

# Machines
healthz                      GET    EOSPDIAN =         open      rmcf
readyz                       GET    EOSPDIAN =         open      rmcf
api-schema                   GET    EOSPDIAN =         open      rmcf
api-cases                    GET    EOSPDIAN =         shut      r
api-cases                    POST   OS       .         shut      c
api-case                     GET    EOSPDA   .         shut      r
api-case-moves               POST   OSepda   .         shut      m
api-case-offers              GET    EOSPDA   .         shut      r
api-case-attach              POST   Seopda   .         shut      m
api-case-detach              POST   Seopda   .         shut      m
api-case-comments            GET    EOSPDA   .         shut      r
api-case-comments            POST   OSepda   .         shut      m
api-case-promises            GET    EOSPDA   .         shut      r
api-case-promises            POST   OSepda   .         shut      m
api-comment                  PATCH  Seopda   .         shut      m
api-comment                  DELETE Seopda   .         shut      m
api-promise                  PATCH  OSepda   .         shut      m
api-case-evidence            GET    EOSPDA   .         shut      r
api-case-evidence            POST   OSepda   .         shut      m
api-evidence                 GET    EOSPDA   .         shut      r
api-evidence                 PATCH  OSepda   .         shut      m
api-evidence                 DELETE Seopda   .         shut      m
api-case-pause               POST   Seopda   .         shut      m
api-case-resume              POST   Seopda   .         shut      m
api-case-amounts             POST   OSepda   .         shut      m
api-case-claim               POST   OSepda   .         shut      m
api-case-by-hand             POST   Seopda   .         shut      m
api-case-snooze              POST   OSepda   .         shut      m
api-case-wake                POST   OSepda   .         shut      m
api-handover                 GET    EOSPDA   =         shut      r
api-approvals                GET    EOSPDIAN =         shut      r
api-vote                     POST   Pseoda   .         shut      .
api-outside                  POST   Seopda   .         shut      .
api-kpis                     GET    EOSPDA   =         shut      r
api-matrix                   GET    EOSPDA   =         shut      r
api-case-approval            GET    EOSPDA   .         shut      r
api-delegations              GET    EOSPDIAN =         shut      r
api-delegations              POST   ESPodian =         shut      .
api-delegation               DELETE P        .         shut      .
api-shipments                POST   .        .         shut      f
api-commands                 POST   OSepda   .         shut      m
api-commands-batch           POST   EOSPDIAN =         shut      rmcf
api-nowhere                  GET    .        =         open      .
metrics                      GET    .        =         open      .
hook-odoo                    POST   .        =         open      .
hook-odoo-unclosed           POST   .        =         open      .
hook-events                  POST   .        =         open      .
hook-events-unclosed         POST   .        =         open      .

# Signing in, and one's own account
sign-in                      GET    EOSPDIAN =         open      -
sign-in                      POST   EOSPDIAN =         open      -
forgotten-password           GET    EOSPDIAN =         open      -
forgotten-password           POST   EOSPDIAN =         open      -
set-password                 GET    .        =         open      -
set-password                 POST   .        =         open      -
mfa_authenticate             GET    EOSPDIAN =         open      -
mfa_authenticate             POST   EOSPDIAN =         open      -
mfa_login_webauthn           GET    EOSPDIAN =         open      -
mfa_login_webauthn           POST   EOSPDIAN =         open      -
openid_connect_login         GET    EOSPDIAN =         open      -
openid_connect_callback      GET    .        =         open      -
socialaccount_login_cancelled GET   EOSPDIAN =         open      -
sign-out                     POST   EOSPDIAN =         open      -
account                      GET    EOSPDIAN =         shut      -
account_change_password      GET    EOSPDIAN =         shut      -
account_change_password      POST   EOSPDIAN =         shut      -
account_reauthenticate       GET    EOSPDIAN =         shut      -
account_reauthenticate       POST   EOSPDIAN =         shut      -
mfa_reauthenticate           GET    EOSPDIAN =         shut      -
mfa_reauthenticate           POST   EOSPDIAN =         shut      -
mfa_reauthenticate_webauthn  GET    EOSPDIAN =         shut      -
mfa_reauthenticate_webauthn  POST   EOSPDIAN =         shut      -
mfa_activate_totp            GET    EOSPDIAN =         shut      -
mfa_activate_totp            POST   EOSPDIAN =         shut      -
mfa_deactivate_totp          GET    S        =         shut      -
mfa_deactivate_totp          POST   S        =         shut      -
mfa_view_recovery_codes      GET    S        =         shut      -
mfa_generate_recovery_codes  GET    EOSPDIAN =         shut      -
mfa_generate_recovery_codes  POST   EOSPDIAN =         shut      -
mfa_download_recovery_codes  GET    S        =         shut      -
mfa_add_webauthn             GET    EOSPDIAN =         shut      -
mfa_add_webauthn             POST   EOSPDIAN =         shut      -
mfa_edit_webauthn            GET    S        .         shut      -
mfa_edit_webauthn            POST   S        .         shut      -
mfa_remove_webauthn          GET    S        .         shut      -
mfa_remove_webauthn          POST   S        .         shut      -
usersessions_list            GET    EOSPDIAN =         shut      -
usersessions_list            POST   EOSPDIAN =         shut      -
sign-out-everywhere          POST   EOSPDIAN =         shut      -

# Cases
queue                        GET    EOSPDIAN =         shut      -
queue-pulse                  GET    EOSPDIAN =         shut      -
queue-rows                   GET    EOSPDIAN =         shut      -
palette                      GET    EOSPDIAN =         shut      -
inbound-messages             GET    OSA      =         shut      -
inbound-messages             POST   OS       =         shut      -
inbound-message              GET    OSA      .         shut      -
inbound-message-answer       POST   OS       .         shut      -
advice                       GET    EOSPDA   =         shut      -
advice                       POST   D        =         shut      -
raise                        GET    OS       =         shut      -
raise                        POST   OS       =         shut      -
bulk-moves                   POST   EOSPDIAN =         shut      -
case                         GET    EOSPDA   .         shut      -
case-pulse                   GET    EOSPDA   .         shut      -
case-scans                   GET    EOSPDA   .         shut      -
dry-run                      GET    EOSPDA   .         shut      -
decision-dry-run             GET    EOSPDA   .         shut      -
case-move                    POST   OSepda   .         shut      -
case-attach                  POST   Seopda   .         shut      -
case-detach                  POST   Seopda   .         shut      -
case-comment                 POST   OSepda   .         shut      -
case-people                  GET    EOSPDA   .         shut      -
case-promise                 POST   OSepda   .         shut      -
case-evidence                POST   OSepda   .         shut      -
evidence                     GET    EOSPDA   .         shut      -
evidence-picture             GET    EOSPDA   .         shut      -
evidence-file                POST   OSepda   .         shut      -
case-upload-link             POST   OSepda   .         shut      -
upload-link-code             GET    EOSPDA   .         shut      -
upload-link-revoke           POST   OSepda   .         shut      -
hand-in                      GET    .        =         open      -
hand-in                      POST   .        =         open      -
case-legal-hold              POST   Seopda   .         shut      -
evidence-send                POST   OSepda   .         shut      -
case-pack                    POST   EOSPDA   .         shut      -
evidence-withdraw            POST   Seopda   .         shut      -
case-watch                   POST   EOSPDA   .         shut      -
case-unwatch                 POST   EOSPDA   .         shut      -
comment-edit                 POST   Seopda   .         shut      -
comment-withdraw             POST   Seopda   .         shut      -
promise-settle               POST   OSepda   .         shut      -
case-pause                   POST   Seopda   .         shut      -
case-resume                  POST   Seopda   .         shut      -
case-amounts                 POST   OSepda   .         shut      -
case-claim                   POST   OSepda   .         shut      -
case-by-hand                 POST   Seopda   .         shut      -
case-outside                 POST   Seopda   .         shut      -
case-object                  POST   Peosda   .         shut      -
case-snooze                  POST   OSepda   .         shut      -
case-wake                    POST   OSepda   .         shut      -
bulk-snooze                  POST   EOSPDIAN =         shut      -
unsubscribe                  GET    EOSPDIAN =         open      -
unsubscribe                  POST   EOSPDIAN =         open      -
vote-link                    GET    P        .         open      -
vote-link                    POST   P        .         open      -
approvals                    GET    EOSPDIAN =         shut      -
approval-vote                POST   Pseoda   .         shut      -
matrix                       GET    EOSPDA   =         shut      -
matrix-start                 POST   Deospa   =         shut      -
matrix-draft                 GET    EOSPDA   =         shut      -
matrix-draft                 POST   Deospa   =         shut      -
matrix-replay                GET    EOSPDA   =         shut      -
matrix-discard               POST   Deospa   =         shut      -
matrix-publish               POST   Deospa   =         shut      -
matrix-version               GET    EOSPDA   =         shut      -
matrix-roll-back             POST   Deospa   =         shut      -
delegations                  GET    EOSPDIAN =         shut      -
delegations                  POST   ESPodian =         shut      -
delegation-take-back         POST   P        .         shut      -
approval-withdraw            POST   OSepda   .         shut      -
inbox                        GET    EOSPDIAN =         shut      -
inbox-open                   GET    S        .         shut      -
inbox-read                   POST   EOSPDIAN =         shut      -
inbox-choices                GET    EOSPDIAN =         shut      -
inbox-choices                POST   EOSPDIAN =         shut      -
inbox-mails                  GET    EOSPDIAN =         shut      -
dashboards                   GET    EOSPDA   =         shut      -
dashboard-clocks             GET    EOSPDA   =         shut      -
dashboard-requests           GET    EOSPDA   =         shut      -
dashboard-steps              GET    EOSPDA   =         shut      -
dashboard-moves              GET    EOSPDA   =         shut      -
dashboard-pauses             GET    EOSPDA   =         shut      -
dashboard-subjects           GET    EOSPDA   =         shut      -
dashboard                    GET    EOSPDA   =         shut      -
alerts                       GET    EOSPDA   =         shut      -
alert-make                   POST   SD       =         shut      -
alert                        GET    SD       .         shut      -
alert                        POST   SD       .         shut      -
alert-switch                 POST   SD       .         shut      -
export                       GET    EOSPDIAN =         shut      -
report                       GET    EOSPDA   =         shut      -
report-pdf                   GET    EOSPDA   =         shut      -
report-workbook              GET    EOSPDA   =         shut      -
report-subscriptions         GET    EOSPDIA  =         shut      -
report-subscriptions         POST   EOSPDAi  =         shut      -
report-subscription-end      POST   I        .         shut      -
report-subscription-send     POST   I        .         shut      -
report-unsubscribe           GET    EOSPDIAN =         open      -
report-unsubscribe           POST   EOSPDIAN =         open      -
report-assumptions           POST   ED       =         shut      -
live                         GET    EOSPDIAN =         shut      -
handover                     GET    EOSPDA   =         shut      -
handover-write               POST   OSepda   .         shut      -
handover-take                POST   OSepda   .         shut      -
at-risk                      GET    EOSPDIAN =         shut      -
at-risk-proved               GET    EOSPDIAN =         shut      -
held-back                    GET    EOSPDIAN =         shut      -
blackout-make                POST   D        =         shut      -
blackout-take-back           POST   D        .         shut      -

# Administration
imports                      GET    IA       =         shut      -
imports                      POST   I        =         shut      -
import                       GET    IA       .         shut      -
import-columns               POST   I        .         shut      -
import-start                 POST   i        .         shut      -
import-discard               POST   I        .         shut      -
import-issues                GET    IA       .         shut      -
exchange-rates               GET    EOSPDA   =         shut      -
exchange-rates               POST   D        =         shut      -
policies                     GET    EOSPDA   =         shut      -
policy                       GET    EOSPDA   =         shut      -
blind-spot                   GET    EOSPDA   =         shut      -
policy-version               GET    EOSPDA   =         shut      -
policy-start                 POST   Deospa   =         shut      -
policy-draft                 GET    EOSPDA   =         shut      -
policy-draft                 POST   Deospa   =         shut      -
policy-preview               GET    EOSPDA   =         shut      -
policy-discard               POST   Deospa   =         shut      -
policy-up-to-date            POST   Deospa   =         shut      -
policy-publish               POST   Deospa   =         shut      -
policy-roll-back             POST   Deospa   =         shut      -
policy-rebase                GET    D        =         shut      -
policy-rebase                POST   D        =         shut      -
routing                      GET    EOSPDA   =         shut      -
routing-version              GET    EOSPDA   =         shut      -
routing-start                POST   Deospa   =         shut      -
routing-draft                GET    EOSPDA   =         shut      -
routing-draft                POST   Deospa   =         shut      -
routing-discard              POST   Deospa   =         shut      -
routing-publish              POST   Deospa   =         shut      -
routing-roll-back            POST   Deospa   =         shut      -
routing-cases                GET    SD       =         shut      -
routing-cases                POST   S        =         shut      -
calendars                    GET    EOSPDA   =         shut      -
calendar-new                 GET    D        =         shut      -
calendar-new                 POST   D        =         shut      -
calendar                     GET    EOSPDA   EOSPDA    shut      -
calendar                     POST   D        .         shut      -
calendar-rebase              GET    D        D         shut      -
calendar-rebase              POST   D        .         shut      -
calendar-partner             POST   d        .         shut      -
roster                       GET    EOSPDA   =         shut      -
shift-new                    GET    S        =         shut      -
shift-new                    POST   S        =         shut      -
shift                        GET    S        .         shut      -
shift                        POST   S        .         shut      -
shift-end                    POST   S        .         shut      -
absence-new                  GET    EOSPDIAN =         shut      -
absence-new                  POST   EOSPDIAN =         shut      -
absence                      GET    S        .         shut      -
absence                      POST   S        .         shut      -
absence-end                  POST   S        .         shut      -
absence-hand-over            POST   S        .         shut      -
people                       GET    SIA      =         shut      -
person                       GET    SIA      .         shut      -
person-grant                 POST   I        .         shut      -
person-withdraw              POST   I        .         shut      -
person-activation            POST   I        .         shut      -
access-confirm               POST   I        .         shut      -
access-take-back             POST   I        .         shut      -
invite                       GET    I        =         shut      -
invite                       POST   I        =         shut      -
invitation-again             POST   I        .         shut      -
invitation-withdraw          POST   I        .         shut      -
tokens                       GET    IA       =         shut      -
tokens                       POST   I        =         shut      -
token-revoke                 POST   I        .         shut      -
command-secrets              GET    IA       =         shut      -
command-secret               POST   I        .         shut      -
audit                        GET    A        =         shut      -
audit-export                 GET    A        =         shut      -
audit-verify                 POST   A        =         shut      -
kill-switches                GET    SIA      =         shut      -
kill-switches                POST   I        =         shut      -
kill-switch-release          POST   I        .         shut      -
integrations                 GET    SIA      =         shut      -
ledger                       GET    SIA      =         shut      -
ledger-compared              GET    SIA      =         shut      -
ledger-export                GET    SIA      =         shut      -
ledger-compare               POST   I        .         shut      -
ledger-gap                   POST   I        .         shut      -
sent                         GET    SIA      =         shut      -
sent-export                  GET    SIA      =         shut      -
parcels                      GET    SIA      =         shut      -
parcel-match                 POST   SI       .         shut      -
carrier-word                 POST   I        .         shut      -
event-sources                GET    SIA      =         shut      -
event-sources                POST   I        =         shut      -
event-source                 GET    SIA      .         shut      -
event-source                 POST   I        .         shut      -
event-source-secret          POST   I        .         shut      -
event-source-switch          POST   I        .         shut      -
event-source-try             POST   SIA      .         shut      -
replay-delivery              POST   I        .         shut      -
connect-odoo                 GET    .        =         shut      -
connect-odoo                 POST   .        =         shut      -
connection                   GET    SIA      .         shut      -
connection-probe             POST   i        .         shut      -
connection-sites             POST   i        .         shut      -
connection-rules             POST   i        .         shut      -
connection-trial             POST   i        .         shut      -
connection-secret            POST   I        .         shut      -
connection-sending           POST   I        .         shut      -
connection-canary            POST   I        .         shut      -
connection-automation        POST   i        .         shut      -
deliveries                   GET    SIA      =         shut      -
deliveries-replay            POST   I        =         shut      -
delivery                     GET    IA       .         shut      -
discovery                    GET    SIA      .         shut      -
discover                     POST   I        .         shut      -
retry-message                POST   I        .         shut      -
"""


@dataclass(frozen=True, slots=True)
class Row:
    route: str
    method: str
    own: str
    elsewhere: str
    anonymous: str
    scopes: str


def rows() -> list[Row]:
    lines = (line.split() for line in ROWS.splitlines() if line and not line.startswith("#"))
    return [Row(*line) for line in lines if line[0] != "route"]


RULES = {(row.route, row.method): row for row in rows()}
