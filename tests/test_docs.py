"""The pages of docs/ that say what the code says are held to the code."""

import re
from pathlib import Path

from exportsite.management.commands.document_states import render

ROOT = Path(__file__).resolve().parent.parent
READERS = [path for path in (ROOT / "exportsite").rglob("*.py") if "migrations" not in path.parts]


def test_the_states_page_is_up_to_date() -> None:
    written = (ROOT / "docs" / "states.md").read_text(encoding="utf-8")
    assert written == render(), "run: python manage.py document_states"


def test_every_setting_from_the_environment_is_on_the_settings_page() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in READERS)
    read = set(re.findall(r'read_\w+\(\s*"([A-Z_]+)"', code))
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `([A-Z_]+)`", page, flags=re.MULTILINE))
    assert read == listed


def test_links_between_pages_lead_somewhere() -> None:
    for page in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
