"""The product's settings, for tests: with a folder and a database of their own."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

OURS = "EXPORTSITE_TESTS"  # the folder of this test run; its child processes find it there
if OURS not in os.environ:
    os.environ[OURS] = tempfile.mkdtemp(prefix="exportsite-tests-")
    atexit.register(shutil.rmtree, os.environ[OURS], ignore_errors=True)
    for name in ("EXPORTSITE_ENV", "SECRET_KEY", "DEBUG", "ALLOWED_HOSTS", "EXPORT_DIRECTORY"):
        os.environ.pop(name, None)
# Processes that share the work of one run (pytest-xdist) do not share files.
os.environ["VAR_DIR"] = os.path.join(os.environ[OURS], os.environ.get("PYTEST_XDIST_WORKER", ""))
os.makedirs(os.environ["VAR_DIR"], exist_ok=True)

from exportsite.settings import *  # noqa: E402, F403
from exportsite.settings import DATABASES, INSTALLED_APPS, VAR_DIR  # noqa: E402

INSTALLED_APPS = [*INSTALLED_APPS, "tests.library", "tests.jobs.dummy"]

# A file, since worker processes and threads are to see it too.
IS_SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
DATABASES["default"]["TEST"] = {
    "NAME": str(VAR_DIR / "test.sqlite3") if IS_SQLITE else f"test_exportsite_{os.getpid()}"
}
if not IS_SQLITE:  # no test pulls the plug of the server, so nothing waits for its disk
    DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_AUTOREFRESH = True  # looks files up when asked, instead of all of them at each start
# Django's test runner keeps mails in memory; those of child processes are found here.
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = Path(VAR_DIR) / "mails"

# Tests ask for many exports, and most of them want to see one wait.
EXPORT_RATE_LIMIT = 0
API_READ_LIMIT = 0
EXPORT_QUICK_ROWS = 0
EXPORT_STREAM_ROWS = int(os.environ.get("EXPORT_STREAM_ROWS", "-1"))  # else a thread makes it
