from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from exportsite.jobs.kinds import JobKind, all_kinds
from exportsite.jobs.states import BORN, Edge

PAGE = Path("docs") / "states.md"


class Command(BaseCommand):
    help = "Writes docs/states.md from the transition tables."

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / PAGE
        path.write_text(render(), encoding="utf-8")
        self.stdout.write(f"Wrote {PAGE}.")


def render() -> str:
    """The page, the same for the same tables."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# States"
    yield ""
    yield "Made by `python manage.py document_states` from the transition tables. A move that is"
    yield "not listed here is refused. Every move is one conditional UPDATE with its log row."
    for kind in all_kinds():
        yield from _kind_lines(kind)


def _kind_lines(kind: JobKind) -> Iterator[str]:
    edges = list(kind.model.transitions)
    yield ""
    yield f"## {kind.name.capitalize()}"
    yield ""
    yield "```mermaid"
    yield "stateDiagram-v2"
    for edge in edges:
        yield f"    {edge.source or '[*]'} --> {edge.target}: {edge.actor}"
    yield "```"
    yield ""
    yield "| from | to | who | meaning |"
    yield "|---|---|---|---|"
    for edge in edges:
        yield _row(edge)


def _row(edge: Edge) -> str:
    source = "–" if edge.source == BORN else edge.source
    return f"| {source} | {edge.target} | {edge.actor} | {edge.sentence} |"
