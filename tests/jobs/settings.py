"""For worker processes of these tests: with the dummy engine, and without the five systems."""

from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS

INSTALLED_APPS = [
    "tests.jobs.dummy.apps.WorkingConfig" if app == "tests.jobs.dummy" else app
    for app in INSTALLED_APPS
    if not app.startswith("exportsite.domains.")
]
