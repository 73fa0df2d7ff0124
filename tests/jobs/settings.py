"""For worker processes of these tests: with the dummy engine, and without the five systems."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS, Q_CLUSTER

INSTALLED_APPS = [
    "tests.jobs.dummy.apps.WorkingConfig" if app == "tests.jobs.dummy" else app
    for app in INSTALLED_APPS
    if not app.startswith("exportsite.domains.")
]

Q_CLUSTER = {**Q_CLUSTER, "name": os.environ.get("DUMMY_QUEUE", Q_CLUSTER["name"])}
