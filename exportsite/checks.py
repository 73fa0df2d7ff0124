"""System checks of the whole site. `manage.py` runs them; the web server asks `refuse_unsafe`."""

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured


@register(Tags.security)
def check_production(**_: object) -> list[CheckMessage]:
    return list(_unsafe()) if settings.PRODUCTION else []


def _unsafe() -> Iterator[CheckMessage]:
    if settings.SECRET_KEY == settings.DEMO_SECRET_KEY:
        yield Error(
            "SECRET_KEY is the demo key, which everybody knows.",
            hint="Set it: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'.",
            id="exportsite.E001",
        )
    if settings.DEBUG:
        yield Error(
            "DEBUG is on: errors would show settings and code to strangers.",
            hint="Remove DEBUG, or set EXPORTSITE_ENV=development on your own machine.",
            id="exportsite.E002",
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "ALLOWED_HOSTS has *: any site could speak in the name of this one.",
            hint="Name the hosts under which people reach the site.",
            id="exportsite.E003",
        )
    if not settings.USE_HTTPS:
        yield Warning(
            "USE_HTTPS is off: passwords and files travel readable.",
            hint="Keep it off only inside a network that you trust.",
            id="exportsite.W001",
        )
    if not Path(settings.STATIC_ROOT or "", "staticfiles.json").is_file():
        yield Warning(
            "The static files are not collected: pages cannot be shown.",
            hint="Run: python manage.py collectstatic --noinput.",
            id="exportsite.W002",
        )
    if settings.EMAIL_HOST and _is_this_machine(settings.SITE_URL):
        yield Warning(
            f"SITE_URL is {settings.SITE_URL}: links in mails lead nowhere on other machines.",
            hint="Set it to the address under which people reach the site.",
            id="exportsite.W003",
        )


def _is_this_machine(url: str) -> bool:
    host = urlsplit(url).hostname or "localhost"  # none in what is no address
    return (f"[{host}]" if ":" in host else host) in settings.LOOPBACK_HOSTS


@register(Tags.files)
def check_private_files(**_: object) -> list[CheckMessage]:
    """Exports are private: no web server may hand out the folder that they are in."""
    private = Path(settings.EXPORT_DIRECTORY).resolve()
    public = [settings.STATIC_ROOT, settings.MEDIA_ROOT, *settings.STATICFILES_DIRS]
    return [
        Error(
            f"EXPORT_DIRECTORY ({private}) is inside of {folder}, which is served to everybody.",
            hint="Choose a folder that no web server reads.",
            id="exportsite.E004",
        )
        for folder in public
        if folder and private.is_relative_to(Path(folder).resolve())
    ]


@register(Tags.security)
def check_xml_parser(**_: object) -> list[CheckMessage]:
    """Workbooks are XML from strangers; openpyxl is safe with them only through defusedxml."""
    is_installed = importlib.util.find_spec("defusedxml") is not None
    if is_installed and os.environ.get("OPENPYXL_DEFUSEDXML", "True") == "True":
        return []
    return [
        Error(
            "openpyxl would read workbooks without defusedxml.",
            hint="Install defusedxml and do not set OPENPYXL_DEFUSEDXML.",
            id="exportsite.E005",
        )
    ]


@register(Tags.database)
def check_connection_pool(**_: object) -> list[CheckMessage]:
    """django-q2 forks its workers, and the children would share the pool's sockets."""
    return [
        Error(
            f"The database “{alias}” has a connection pool, which mixes up the workers' results.",
            hint="Remove “pool” from its OPTIONS or its address.",
            id="exportsite.E006",
        )
        for alias, database in settings.DATABASES.items()
        if database.get("OPTIONS", {}).get("pool")
    ]


@register
def check_lease(**_: object) -> list[CheckMessage]:
    """A worker must be able to miss a few heartbeats without losing its job."""
    if settings.JOB_LEASE >= 4 * settings.JOB_BEAT:
        return []
    return [
        Error(
            "JOB_LEASE is shorter than four times JOB_BEAT: working jobs would be taken for dead.",
            hint="Make JOB_LEASE longer, or JOB_BEAT shorter.",
            id="exportsite.E007",
        )
    ]


def refuse_unsafe() -> None:
    """What a web server calls, since it runs no system checks. Raises ImproperlyConfigured."""
    found = [*check_production(), *check_private_files(), *check_xml_parser()]
    if errors := [message for message in found if message.is_serious()]:
        raise ImproperlyConfigured("This site does not start:\n" + "\n".join(map(str, errors)))
