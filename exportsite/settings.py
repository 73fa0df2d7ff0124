"""Every setting, from the environment or a literal. `.env.example` lists what can be set."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from exportsite.env import read_bool, read_choice, read_float, read_int, read_list, read_text

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(read_text("VAR_DIR", str(BASE_DIR / "var")))

# -- Where this runs --------------------------------------------------------------------------
LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
DEMO_SECRET_KEY = "demo-key-good-for-this-machine-only-never-for-production"  # noqa: S105

SECRET_KEY = read_text("SECRET_KEY", DEMO_SECRET_KEY)
DEBUG = read_bool("DEBUG", False)
ALLOWED_HOSTS = read_list("ALLOWED_HOSTS", LOOPBACK_HOSTS)
CSRF_TRUSTED_ORIGINS = read_list("CSRF_TRUSTED_ORIGINS", [])

# Who opens the site to other machines without saying what it is, runs production.
ENVIRONMENT = read_choice(
    "EXPORTSITE_ENV",
    "development" if set(ALLOWED_HOSTS) <= set(LOOPBACK_HOSTS) else "production",
    ("development", "production"),
)
PRODUCTION = ENVIRONMENT == "production"
USE_HTTPS = read_bool("USE_HTTPS", PRODUCTION)

INSTALLED_APPS = [
    "exportsite.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_q",
    "exportsite.apps.SiteConfig",
    "exportsite.jobs",
    "exportsite.files",
    "exportsite.api",
    "exports",
    "imports",
    "exportsite.domains.cars",
    "exportsite.domains.helpdesk",
    "exportsite.domains.taxi",
    "exportsite.domains.leads",
    "exportsite.domains.energy",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "exportsite.urls"
WSGI_APPLICATION = "exportsite.wsgi.application"
ASGI_APPLICATION = "exportsite.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
            ],
        },
    },
]

# -- Database ---------------------------------------------------------------------------------
# WAL and IMMEDIATE together are what keeps "database is locked" away from two writers.
SQLITE_OPTIONS = {
    "timeout": 30,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
}
# No connection pool: django-q2 forks, and children would share its sockets.
POSTGRES_OPTIONS = {"options": "-c idle_in_transaction_session_timeout=60000 -c lock_timeout=30000"}


def parse_database_url(url: str, variable: str = "DATABASE_URL") -> dict[str, Any]:
    """One database. The error does not quote the address, since it may hold a password."""
    try:
        database: dict[str, Any] = dict(dj_database_url.parse(url))
    except ValueError:
        database = {"ENGINE": ""}
    if database["ENGINE"].endswith(".sqlite3") and database["NAME"] != ":memory:":
        Path(database["NAME"]).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        database["OPTIONS"] = {**SQLITE_OPTIONS, **database.get("OPTIONS", {})}
    elif database["ENGINE"].endswith(".postgresql"):
        database["OPTIONS"] = {**POSTGRES_OPTIONS, **database.get("OPTIONS", {})}
        database |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
    else:
        raise ImproperlyConfigured(
            f"{variable} is not the address of a database that works here. "
            "Use postgresql://user:password@host:5432/name or sqlite:////folder/file.sqlite3."
        )
    return database


SQLITE_URL = f"sqlite:///{quote(str(VAR_DIR.absolute() / 'db.sqlite3'))}"
DATABASE_URL = read_text("DATABASE_URL", SQLITE_URL)
DATABASES = {"default": parse_database_url(DATABASE_URL)}

# Where exports read their rows: an alias of DATABASES. Only a replica is worth a second one.
EXPORT_DATABASE = "default"
EXPORT_DATABASE_URL = read_text("EXPORT_DATABASE", DATABASE_URL)
if EXPORT_DATABASE_URL != DATABASE_URL:
    EXPORT_DATABASE = "replica"
    DATABASES[EXPORT_DATABASE] = parse_database_url(EXPORT_DATABASE_URL, "EXPORT_DATABASE")
DATABASE_ROUTERS = ["exports.sources.replica.Router"]

# -- People -----------------------------------------------------------------------------------
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"

LANGUAGE_CODE = "en"
TIME_ZONE = read_text("TIME_ZONE", "UTC")
USE_I18N = True
USE_TZ = True

# -- Static files -----------------------------------------------------------------------------
STATIC_URL = "static/"
# Development serves them from where they lie; production collects them first.
STATIC_ROOT = read_text("STATIC_ROOT", str(BASE_DIR / "staticfiles")) if PRODUCTION else None
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}

# -- Security ---------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [SELF],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = USE_HTTPS
CSRF_COOKIE_SECURE = USE_HTTPS
SECURE_SSL_REDIRECT = USE_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz/?$"]  # probes come by plain http, from inside
SECURE_HSTS_SECONDS = read_int("SECURE_HSTS_SECONDS", 0)
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if read_bool("BEHIND_TLS_PROXY", False) else None
)

# -- Mail -------------------------------------------------------------------------------------
EMAIL_HOST = read_text("EMAIL_HOST", "")
EMAIL_PORT = read_int("EMAIL_PORT", 25, minimum=1)
EMAIL_HOST_USER = read_text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = read_text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = read_bool("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 20  # seconds
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
DEFAULT_FROM_EMAIL = read_text("DEFAULT_FROM_EMAIL", "exports@localhost")
SITE_URL = read_text("SITE_URL", "http://127.0.0.1:8000").rstrip("/")  # before links in mails

# -- Exports ----------------------------------------------------------------------------------
EXPORT_DIRECTORY = Path(read_text("EXPORT_DIRECTORY", str(VAR_DIR / "files")))
EXPORT_CLEANUP_DAYS = read_int("EXPORT_CLEANUP_DAYS", 30, minimum=1)
EXPORT_TIME_LIMIT = read_int("EXPORT_TIME_LIMIT", 300, minimum=1)  # seconds of work an attempt
EXPORT_STATEMENT_TIMEOUT = read_float("EXPORT_STATEMENT_TIMEOUT", 0)  # 0: EXPORT_TIME_LIMIT
EXPORT_PAUSE = read_float("EXPORT_PAUSE", 0)  # seconds of rest after each thousand rows
EXPORT_QUICK_ROWS = read_int("EXPORT_QUICK_ROWS", 1000)  # fewer rows: answered at once
EXPORT_STREAM_ROWS = read_int("EXPORT_STREAM_ROWS", 10_000)  # up to so many rows: streamed
EXPORT_RATE_LIMIT = read_int("EXPORT_RATE_LIMIT", 5)  # exports a minute and person; 0: no limit
EXPORT_MAX_RECORDS = read_int("EXPORT_MAX_RECORDS", 0)  # rows of one export; 0: no limit
EXPORT_COMPRESSION_LEVEL = read_int("EXPORT_COMPRESSION_LEVEL", 6, maximum=9)  # of ZIP files
EXPORT_FAST_ROWS = read_int("EXPORT_FAST_ROWS", 10_000)  # up to so many rows: lane "fast"
EXPORT_MAIL_AFTER = read_float("EXPORT_MAIL_AFTER", 60)  # seconds of work; 0: only who asks

# -- Imports ----------------------------------------------------------------------------------
IMPORT_DIRECTORY = Path(read_text("IMPORT_DIRECTORY", str(VAR_DIR / "files")))
IMPORT_MAX_BYTES = read_int("IMPORT_MAX_BYTES", 512 * 1024**2, minimum=1)  # of one file
IMPORT_UNPACKED_MAX_BYTES = read_int("IMPORT_UNPACKED_MAX_BYTES", 2 * 1024**3, minimum=1)
IMPORT_WORKBOOK_UNPACKED_MAX_BYTES = read_int(
    "IMPORT_WORKBOOK_UNPACKED_MAX_BYTES", 1024**3, minimum=1
)
IMPORT_SANDBOX_MEMORY_MB = read_int("IMPORT_SANDBOX_MEMORY_MB", 500, minimum=50)
IMPORT_SANDBOX_SECONDS = read_int("IMPORT_SANDBOX_SECONDS", 300, minimum=1)
IMPORT_KEEP_UPLOADS = read_bool("IMPORT_KEEP_UPLOADS", False)  # after an import has succeeded
IMPORT_CLEANUP_DAYS = read_int("IMPORT_CLEANUP_DAYS", 30, minimum=1)
IMPORT_LEDGER_DAYS = read_int("IMPORT_LEDGER_DAYS", 365, minimum=1)
IMPORT_PROBLEMS_KEPT = read_int("IMPORT_PROBLEMS_KEPT", 1000, minimum=1)  # of each kind
IMPORT_CHANGES_KEPT = read_int("IMPORT_CHANGES_KEPT", 500)  # samples of each action in a check
IMPORT_FAST_BYTES = read_int("IMPORT_FAST_BYTES", 2 * 1024**2)  # smaller files: lane "fast"
IMPORT_TIME_LIMIT = read_int("IMPORT_TIME_LIMIT", 18_000, minimum=1)  # seconds of work an attempt
IMPORT_TURN = read_float("IMPORT_TURN", 60)  # seconds of work, then others of the lane may go
IMPORT_PAUSE = read_float("IMPORT_PAUSE", 0)  # seconds of rest after each chunk
IMPORT_STATEMENT_TIMEOUT = read_float("IMPORT_STATEMENT_TIMEOUT", 0)  # 0: IMPORT_TIME_LIMIT
IMPORT_LOCK_TIMEOUT = read_float("IMPORT_LOCK_TIMEOUT", 30)  # seconds; 0: the connection's own

# -- Jobs -------------------------------------------------------------------------------------
JOB_MAX_ATTEMPTS = read_int("JOB_MAX_ATTEMPTS", 3, minimum=1)
JOB_RETRY_DELAY = read_float("JOB_RETRY_DELAY", 60)  # seconds before the next attempt
JOB_LEASE = read_float("JOB_LEASE", 90, minimum=1)  # seconds a silent worker keeps its job
JOB_BEAT = read_float("JOB_BEAT", 0.5, minimum=0.05)  # seconds between progress writes
WORKER_PROCESSES = read_int("WORKER_PROCESSES", 2, minimum=1)
WORKER_REAP_EVERY = read_float("WORKER_REAP_EVERY", 15, minimum=0.1)  # seconds
WORKER_STUCK_AFTER = read_float("WORKER_STUCK_AFTER", 20, minimum=1)  # seconds a due job waits
WORKER_STOP_WITHIN = read_float("WORKER_STOP_WITHIN", 10, minimum=1)  # seconds for a clean stop

# -- API --------------------------------------------------------------------------------------
API_READ_LIMIT = read_int("API_READ_LIMIT", 120)  # reads a minute and person; 0: no limit
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "exportsite.api.security.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "exportsite.api.security.IsStaff",
        "exportsite.api.security.HasScope",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["exportsite.api.throttles.ReadThrottle"],
    "DEFAULT_PARSER_CLASSES": ["exportsite.api.parsing.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "exportsite.api.negotiation.OneKind",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "exportsite.api.faults.answer_error",
    "URL_FORMAT_OVERRIDE": None,  # "format" is what an export is written in
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Exports and imports",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "DISABLE_DOCSTRING_DESCRIPTIONS": True,
    "ENUM_NAME_OVERRIDES": {
        "ExportStatus": "exports.states.Status",
        "ExportEvent": "exports.models.Event",
        "ExportMode": "exports.models.Mode",
        "ImportStatus": "imports.states.Status",
        "ImportMode": "imports.models.Mode",
    },
    "PREPROCESSING_HOOKS": ["exportsite.api.schema.drop_slashes"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "exports.api.schema.expand_resources",
        "exportsite.api.schema.add_headers",
        "exportsite.api.schema.close_bodies",
    ],
}

# Where bells lie: in the database, or in a Redis that workers hear at once.
REDIS_URL = read_text("REDIS_URL", "")
if REDIS_URL and not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    raise ImproperlyConfigured("REDIS_URL is no address of a Redis. Use redis://host:6379/0.")
if REDIS_URL and find_spec("redis") is None:
    raise ImproperlyConfigured("REDIS_URL needs the package redis: pip install redis")

# django-q2 carries doorbells only; why each value: docs/decisions/002-job-row-is-the-truth.md
Q_CLUSTER = {
    "name": "exportsite",
    "orm": "default",
    "broker_class": (
        "exportsite.jobs.redis_bells.RedisLaneBroker"
        if REDIS_URL
        else "exportsite.jobs.queue.LaneBroker"
    ),
    "redis": REDIS_URL,
    "workers": WORKER_PROCESSES,
    "queue_limit": 1,
    "bulk": 1,
    "poll": 0.2,
    "guard_cycle": 0.5,
    "timeout": 21_600,
    "retry": 21_900,
    "max_attempts": 1,
    "ack_failures": True,
    "save_limit": -1,
    "recycle": 50,
    "max_rss": 600_000,
    "catch_up": False,
    "scheduler": False,
    "log_level": "WARNING",
}

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": read_choice("LOG_LEVEL", "INFO", LOG_LEVELS)},
    "loggers": {"django-q": {"level": "WARNING"}},  # each doorbell would be a line
}
