"""Every setting, from the environment or a literal. `.env.example` lists what can be set."""

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
    "django_q",
    "exportsite.apps.SiteConfig",
    "exportsite.jobs",
    "exportsite.files",
    "exports",
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


def parse_database_url(url: str) -> dict[str, Any]:
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
            "DATABASE_URL is not the address of a database that works here. "
            "Use postgresql://user:password@host:5432/name or sqlite:////folder/file.sqlite3."
        )
    return database


SQLITE_URL = f"sqlite:///{quote(str(VAR_DIR.absolute() / 'db.sqlite3'))}"
DATABASES = {"default": parse_database_url(read_text("DATABASE_URL", SQLITE_URL))}

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
EXPORT_QUICK_ROWS = read_int("EXPORT_QUICK_ROWS", 1000)  # fewer rows: answered at once
EXPORT_STREAM_ROWS = read_int("EXPORT_STREAM_ROWS", 10_000)  # up to so many rows: streamed
EXPORT_RATE_LIMIT = read_int("EXPORT_RATE_LIMIT", 5)  # exports a minute and person; 0: no limit
EXPORT_MAX_RECORDS = read_int("EXPORT_MAX_RECORDS", 0)  # rows of one export; 0: no limit
EXPORT_FAST_ROWS = read_int("EXPORT_FAST_ROWS", 10_000)  # up to so many rows: lane "fast"
EXPORT_MAIL_AFTER = read_float("EXPORT_MAIL_AFTER", 60)  # seconds of work; 0: only who asks

# -- Jobs -------------------------------------------------------------------------------------
JOB_MAX_ATTEMPTS = read_int("JOB_MAX_ATTEMPTS", 3, minimum=1)
JOB_RETRY_DELAY = read_float("JOB_RETRY_DELAY", 60)  # seconds before the next attempt
JOB_LEASE = read_float("JOB_LEASE", 90, minimum=1)  # seconds a silent worker keeps its job
JOB_BEAT = read_float("JOB_BEAT", 0.5, minimum=0.05)  # seconds between progress writes
WORKER_PROCESSES = read_int("WORKER_PROCESSES", 2, minimum=1)
WORKER_REAP_EVERY = read_float("WORKER_REAP_EVERY", 15, minimum=0.1)  # seconds
WORKER_STUCK_AFTER = read_float("WORKER_STUCK_AFTER", 20, minimum=1)  # seconds a due job waits
WORKER_STOP_WITHIN = read_float("WORKER_STOP_WITHIN", 10, minimum=1)  # seconds for a clean stop

# django-q2 carries doorbells only; why each value: docs/decisions/002-job-row-is-the-truth.md
Q_CLUSTER = {
    "name": "exportsite",
    "orm": "default",
    "broker_class": "exportsite.jobs.queue.LaneBroker",
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
