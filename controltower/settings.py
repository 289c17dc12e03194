"""All settings, in one file, read from the environment.

Nothing here has a secret default: outside `make run` and the tests, which make their own,
SECRET_KEY, DATABASE_URL, REDIS_URL and TOWER_ENCRYPTION_KEYS must be given.
"""

from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF

from controltower import ticks

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data")))
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Where people reach the tower: written into notes in Odoo and into e-mails.
TOWER_BASE_URL = env.str("TOWER_BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
# Fernet keys for stored credentials, newest first; older ones still decrypt (rotation).
TOWER_ENCRYPTION_KEYS = env.list("TOWER_ENCRYPTION_KEYS")
# Each day's anchor of the history is added to this file, which should lie on another machine.
TOWER_ANCHOR_FILE = env.str("TOWER_ANCHOR_FILE", default="")
# Threads of each web process, of which only some may wait for what slow senders send.
TOWER_WEB_THREADS = env.int("TOWER_WEB_THREADS", default=4)
# Days that a webhook delivery is kept after it was done.
TOWER_KEEP_DELIVERIES = env.int("TOWER_KEEP_DELIVERIES", default=30)
# Days that a comparison of both sides is kept, and a repaired gap; 30 at least: figures need them.
TOWER_KEEP_LEDGER = max(30, env.int("TOWER_KEEP_LEDGER", default=90))

# Days that a notification is kept after it was read, and one that nobody reads.
TOWER_KEEP_NOTICES = env.int("TOWER_KEEP_NOTICES", default=90)
TOWER_KEEP_UNREAD_NOTICES = env.int("TOWER_KEEP_UNREAD_NOTICES", default=365)

# E-mails of playbooks. Without a mail server they are written to files, and say so.
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="control-tower@localhost")
EMAIL_HOST = env.str("EMAIL_HOST", default="")
EMAIL_PORT = env.int("EMAIL_PORT", default=587)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=EMAIL_PORT == 587)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", default=EMAIL_PORT == 465)
EMAIL_TIMEOUT = 20  # seconds
EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_BACKEND = env.str(
    "EMAIL_BACKEND",
    default=f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend",
)
# Events of playbooks go to n8n, signed with the secret (`whsec_` and base64, or plain text).
N8N_WEBHOOK_URL = env.str("N8N_WEBHOOK_URL", default="")
N8N_WEBHOOK_SECRET = env.str("N8N_WEBHOOK_SECRET", default="")
# What Prometheus sends along to read /metrics, which is shut without.
METRICS_TOKEN = env.str("TOWER_METRICS_TOKEN", default="")
# Addresses for some of them alone: approval.overdue=https://…,supplier_follow_up=https://…
N8N_WEBHOOK_URLS = env.dict("N8N_WEBHOOK_URLS", default={})
# Besides what playbooks send: types of events (docs/n8n.md), or *.
N8N_EVENTS = env.list("N8N_EVENTS", default=[])
# Messages of playbooks to a chat: its incoming webhook, and how it wants them (slack or teams).
TOWER_CHAT_WEBHOOK_URL = env.str("TOWER_CHAT_WEBHOOK_URL", default="")
TOWER_CHAT_FORMAT = env.str("TOWER_CHAT_FORMAT", default="slack")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "exceptions",
    "integrations",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "exceptions.web.second_factor.SecondFactorMiddleware",
    "exceptions.web.time_zone.TimeZoneMiddleware",
]

ROOT_URLCONF = "controltower.urls"
WSGI_APPLICATION = "controltower.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "exceptions.web.shell.shell",
            ],
            "builtins": ["exceptions.web.formats", "exceptions.web.exports.tags"],
        },
    }
]

DATABASES = {"default": env.db_url("DATABASE_URL")}
DATABASES["default"] |= {
    "ENGINE": "django.db.backends.postgresql",
    "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60),
    "CONN_HEALTH_CHECKS": True,
}
# A host that swallows packets must not hold a request; starting workers takes longer than a page.
_options = {"connect_timeout": 5, "options": "", **DATABASES["default"].get("OPTIONS", {})}
_options["options"] += " -c parallel_setup_cost=50000"
DATABASES["default"]["OPTIONS"] = _options
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "exceptions.User"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "queue"
LOGOUT_REDIRECT_URL = "sign-in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Signing in is django-allauth's work. Administrators make the accounts: nobody signs up, and no
# address is verified but by the link of an invitation.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "exceptions.web.entrance.Accounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
# Failed tries per name and address, and per address whatever the name; then all tries per address.
# A whole shift behind one address signs in within a minute.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/5m/key,100/5m/ip",
    "login": "120/m/ip",
    "unsubscribe": "30/m/ip",
    "vote_link": "30/m/ip",
    "set_password": "20/m/ip",
    "forgotten": "20/m/ip,5/h/key",
}
# Who changes access, keys or their own sign-in confirms that it is they, and again after so long.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
# Proxies in front of the tower, whose X-Forwarded-For says who asks; 0: who connects, asks.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)

MFA_ADAPTER = "controltower.second_factor.SealedSecrets"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Control Tower"
# Who has one of these roles must set up a second factor before anything else.
TOWER_REQUIRE_MFA = env.list("TOWER_REQUIRE_MFA", default=[])

# Sign-in with company accounts (OpenID Connect): off without an issuer. An account is recognised by
# its e-mail address, which the issuer must have verified; who is unknown here gets no access.
OIDC_ISSUER = env.str("OIDC_ISSUER", default="").rstrip("/")
OIDC_NAME = env.str("OIDC_NAME", default="company account")
# Switched off, people sign in with their company account alone; without an issuer they stay on.
TOWER_PASSWORDS = env.bool("TOWER_PASSWORDS", default=True) or not OIDC_ISSUER
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600  # of links of invitations, too
SOCIALACCOUNT_ADAPTER = "exceptions.web.entrance.CompanyAccounts"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
# A link begins it: the browser's policy would hold back a form that leads to the issuer's host.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "company",
                "name": OIDC_NAME,
                "client_id": env.str("OIDC_CLIENT_ID", default=""),
                "secret": env.str("OIDC_CLIENT_SECRET", default=""),
                "settings": {"server_url": OIDC_ISSUER},
            }
        ]
        if OIDC_ISSUER
        else [],
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": env.str(
            "STATICFILES_BACKEND",
            default="whitenoise.storage.CompressedManifestStaticFilesStorage",
        )
    },
}
# The files of cases, by their SHA-256. Never served by themselves: only to who may see the case.
TOWER_EVIDENCE_DIR = Path(env.str("TOWER_EVIDENCE_DIR", default=str(DATA_DIR / "evidence")))
# Bytes that one file, and all files of one case, may have.
TOWER_EVIDENCE_LARGEST = env.int("TOWER_EVIDENCE_LARGEST", default=50 * 1024 * 1024)
TOWER_EVIDENCE_A_CASE = env.int("TOWER_EVIDENCE_A_CASE", default=1024 * 1024 * 1024)
# Days after which files are erased: of closed cases, and withdrawn ones. 0: never.
TOWER_KEEP_EVIDENCE = env.int("TOWER_KEEP_EVIDENCE", default=0)

# Whether the tower foresees what comes late (advice only). Off: nothing is reckoned or shown.
TOWER_LATENESS = env.bool("TOWER_LATENESS", default=True)

# What adapters add, by dotted path: KPIs, dashboards, lists that can be had as files.
MORE_KPIS = ["integrations.integration_kpis.KPIS"]
MORE_DASHBOARDS = ["integrations.web.integration_board.DASHBOARD"]
MORE_LISTS = ["integrations.web.listed.LISTS"]
TOWER_KEEP_WITHDRAWN = env.int("TOWER_KEEP_WITHDRAWN", default=0)

# The browser loads nothing from anywhere else and runs no inline script.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        # Plotly writes style attributes through the CSSOM, which style-src does not concern,
        # and one style sheet of its own, which app.css replaces.
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# `make run` serves plain HTTP on the loopback; production sits behind TLS.
HTTPS = env.bool("HTTPS", default=False)
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # probes come from inside, without TLS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

REDIS_URL = env.str("REDIS_URL")
# Counts of failed sign-ins, shared by all processes; without Redis each counts for itself.
CACHES = {
    "default": {
        "BACKEND": "controltower.cache.SharedCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "tower",
    }
}
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Worker and beat wait for a broker that is away as long as it takes; by default they would give up.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A nudge to a dead broker must neither fail nor slow a request: give up at once, the tick does it.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 0.3,
    "socket_timeout": 2.0,
    "max_retries": 0,
    "visibility_timeout": 3600,
}
CELERY_BEAT_SCHEDULE = ticks.SCHEDULE

TOWER_IMPORT_TASK = "exceptions.tasks.work_imports"
TOWER_OUTBOX_TASK = "integrations.tasks.deliver_outbox"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "exceptions.api.tokens.ServiceTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "exceptions.api.problems.as_problem",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Odoo Logistics Control Tower",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    # Fields called `state` or `kind` have several lists; each goes by the name it has in the code.
    "ENUM_NAME_OVERRIDES": {
        name: f"exceptions.vocabulary.{name}"
        for name in [
            "State",
            "Move",
            "Outcome",
            "KindCode",
            "ClockKind",
            "ClockState",
            "DecisionKind",
            "DecisionState",
            "OutboxState",
            "Waiting",
            "ApprovalState",
            "LevelState",
            "Ballot",
        ]
    }
    | {
        "Resolution": "exceptions.api.move_bodies.RESOLUTIONS",
        "Dismissal": "exceptions.api.move_bodies.REASONS_TO_DISMISS",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.worker.request": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "urllib3": {"level": "WARNING"},
    },
}
