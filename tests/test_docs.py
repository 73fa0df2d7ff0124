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


def test_the_image_has_what_the_site_needs_and_the_package_of_redis() -> None:
    def locked(name: str) -> set[str]:
        text = (ROOT / name).read_text(encoding="utf-8")
        return set(re.findall(r"^([a-z][\w.-]*==\S+)", text, flags=re.MULTILINE))

    used = re.findall(r"-r (\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    assert used == ["requirements-redis.txt"]
    assert f"!{used[0]}" in (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    more = locked(used[0]) - locked("requirements.txt")
    assert locked(used[0]) >= locked("requirements.txt")
    assert {name.partition("==")[0] for name in more} == {"redis", "async-timeout"}
    assert more <= locked("requirements-dev.txt")


def test_every_test_that_the_systems_page_names_exists() -> None:
    page = (ROOT / "docs" / "systems.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:api|domains|exports|files|imports|jobs|journeys)/[\w./]*)`", page)
    named = [path for path in named if path.endswith("/") or "/test_" in path]
    assert len(named) > 50
    for path in named:
        assert (ROOT / "tests" / path).exists(), path
