"""What every worker process carries from its start on."""

import os
import subprocess
import sys

# Megabytes each, which only workbooks, PDFs or the API's description need.
HEAVY = ("openpyxl", "reportlab", "PIL", "requests", "drf_spectacular.plumbing", "lxml")
SCRIPT = f"""
import sys, django
django.setup()
print(*[name for name in {HEAVY!r} if name in sys.modules])
"""


def test_a_process_starts_without_what_only_few_jobs_need() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "exportsite.settings"},
        capture_output=True,
        text=True,
        check=True,
        timeout=250,
    )
    assert done.stdout.split() == []
