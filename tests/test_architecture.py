"""Which room may know which, read off the code. The rooms and arrows are those of the design.

The last tests plant each violation and see it caught, so that no rule is asleep.
"""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("exports", "imports", "exportsite")
LONGEST = 400  # lines

SHARED = ("exportsite.jobs", "exportsite.files", "exportsite.api")
API_ROOMS = ("exportsite.api", "exports.api", "imports.api", "exportsite.domains")

# (who, may not import, but for these); "" stands for everybody.
WALLS: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [
    ("exports", ("imports", "exportsite"), SHARED),
    ("imports", ("exports", "exportsite"), SHARED),
    ("exportsite.api", ("exports", "imports", "exportsite"), ("exportsite.api", "exportsite.jobs")),
    ("exportsite.jobs", ("exports", "imports", "exportsite"), ("exportsite.jobs",)),
    ("exportsite.files", ("exports", "imports", "exportsite"), ("exportsite.files",)),
    ("exports.formats", ("django", "exports", "exportsite"), ("exports.formats",)),
    ("", ("exportsite.domains",), ()),
    ("", ("django_q",), ()),
    ("", ("exportsite.api",), ()),
    ("", ("rest_framework",), ()),
]
# Who may do what nobody else may.
KEYHOLDERS = {
    "exportsite.domains": ("exportsite.domains",),
    "django_q": (
        "exportsite.jobs.queue",
        "exportsite.jobs.redis_bells",
        "exportsite.jobs.worker",
    ),
    "exportsite.api": API_ROOMS,
    "rest_framework": API_ROOMS,
}
JOB_ROOMS = ("exports", "imports", "exportsite.jobs")
WRITES = {"update", "aupdate", "bulk_update", "setattr"}
BIRTHS = {"create", "bulk_create", "get_or_create", "update_or_create"}

Fault = tuple[int, str]


def is_in(name: str, *rooms: str) -> bool:
    return any(not room or name == room or name.startswith(f"{room}.") for room in rooms)


def imports_of(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def walls(name: str, tree: ast.Module) -> Iterator[Fault]:
    for who, forbidden, allowed in WALLS:
        for line, target in imports_of(tree) if is_in(name, who) else ():
            if not is_in(target, *forbidden) or (allowed and is_in(target, *allowed)):
                continue
            if not is_in(name, *KEYHOLDERS.get(forbidden[0], ("-",))):
                yield line, f"{name} may not import {target}"


def statuses(name: str, tree: ast.Module) -> Iterator[Fault]:
    """A status changes only in exportsite.jobs.states.move()."""
    if not is_in(name, *JOB_ROOMS) or name == "exportsite.jobs.states":
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            writes = node.attr == "status"
        else:
            writes = isinstance(node, ast.Call) and names_status(node)
        if writes:
            yield getattr(node, "lineno", 0), "a status is written; use move()"


def names_status(call: ast.Call) -> bool:
    """update(status=...), update(**{"status": ...}), bulk_update(rows, ["status"]) and the like."""
    function = ast.unparse(call.func).rpartition(".")[2]
    words = {word.arg for word in call.keywords}
    if function in ("update", "aupdate") and "status" in words:
        return True
    is_write = function in WRITES or "update_fields" in words
    return is_write and any(
        isinstance(part, ast.Constant) and part.value == "status" for part in ast.walk(call)
    )


def births(name: str, tree: ast.Module) -> Iterator[Fault]:
    """Jobs are born only in intake."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        words = ast.unparse(node.func).split(".")
        is_birth = len(words) == 1 or words[-1] in BIRTHS
        for model, home in (("Export", "exports.intake"), ("ImportJob", "imports.intake")):
            if words[0] == model and is_birth and name != home:
                yield node.lineno, f"{model}s are born in {home}"


def saves(name: str, tree: ast.Module) -> Iterator[Fault]:
    """A write on a job names its columns. Formats know no jobs; what they save is a page."""
    is_near_jobs = is_in(name, *JOB_ROOMS) and not is_in(name, "exports.formats")
    for node in ast.walk(tree) if is_near_jobs else ():
        is_bare = isinstance(node, ast.Call) and not node.args and not node.keywords
        if is_bare and ast.unparse(node).endswith((".save()", ".asave()")):
            yield node.lineno, "a bare save() overwrites what others wrote; name the fields"


def early_settings(name: str, tree: ast.Module) -> Iterator[Fault]:
    """Settings are read inside functions, so that tests and projects can change them."""
    if name == "exportsite.settings":
        return
    for node in run_at_import(tree):
        words = ast.unparse(node).split(".") if isinstance(node, ast.Attribute) else []
        # AUTH_USER_MODEL is Django's way to name the user model.
        if len(words) == 2 and words[0] == "settings" and words[1] != "AUTH_USER_MODEL":
            yield node.lineno, f"{'.'.join(words)} is read when the module is imported"


def run_at_import(tree: ast.Module) -> Iterator[ast.AST]:
    """All but the bodies of functions; their defaults and decorators do run."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        yield (node := waiting.pop())
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting.extend([*node.args.defaults, *filter(None, node.args.kw_defaults)])
            waiting.extend(getattr(node, "decorator_list", []))
        else:
            waiting.extend(ast.iter_child_nodes(node))


RULES: list[Callable[[str, ast.Module], Iterator[Fault]]] = [
    walls,
    statuses,
    births,
    saves,
    early_settings,
]


def faults_in(path: str, source: str) -> list[str]:
    name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    found = [fault for rule in RULES for fault in rule(name, ast.parse(source))]
    if (lines := source.count("\n")) > LONGEST:
        found.append((LONGEST, f"{lines} lines; split the file by noun"))
    return [f"{path}:{line}: {text}" for line, text in sorted(set(found))]


def product_files() -> list[Path]:
    return [
        path
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def test_the_rooms_keep_to_themselves() -> None:
    files = product_files()
    assert len(files) > 30
    faults = [
        fault
        for path in files
        for fault in faults_in(path.relative_to(ROOT).as_posix(), path.read_text())
    ]
    assert not faults, "\n" + "\n".join(faults)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("exports/pipeline.py", "from exportsite.domains.cars.models import Car"),
        ("exports/pipeline.py", "import imports.plan"),
        ("exports/pipeline.py", "from exportsite import settings"),
        ("exports/pipeline.py", "def late():\n    import imports"),
        ("imports/plan.py", "from exports import registry"),
        ("imports/plan.py", "from exportsite.health import healthz"),
        ("exportsite/jobs/runner.py", "from exports.models import Export"),
        ("exportsite/jobs/runner.py", "from exportsite.files import storage"),
        ("exportsite/files/storage.py", "from exportsite.jobs import lease"),
        ("exportsite/urls.py", "import exportsite.domains"),
        ("exportsite/api/tokens.py", "from exports.models import Export"),
        ("exportsite/api/tokens.py", "from exportsite.files import storage"),
        ("exports/intake.py", "from exportsite.api import idempotency"),
        ("exports/intake.py", "from rest_framework.response import Response"),
        ("exportsite/jobs/lease.py", "from django_q.tasks import async_task"),
        ("exports/formats/csv.py", "from django.utils import timezone"),
        ("exports/formats/csv.py", "from exports.models import Export"),
        ("exports/formats/csv.py", "from exportsite.files import storage"),
        ("exports/intake.py", "export.status = 'failed'"),
        ("exports/intake.py", "rows.filter(pk=1).update(lane='fast', status='failed')"),
        ("exports/intake.py", "rows.update(**{'status': 'failed'})"),
        ("exports/intake.py", "setattr(export, 'status', 'failed')"),
        ("exports/intake.py", "rows.bulk_update(found, ['lane', 'status'])"),
        ("exports/intake.py", "export.save(update_fields=['status'])"),
        ("exportsite/jobs/lease.py", "job.status += 'x'"),
        ("exports/admin/create.py", "Export(resource='x')"),
        ("imports/admin/upload.py", "ImportJob.objects.create(importer='x')"),
        ("exportsite/management/commands/demo.py", "Export.objects.create(resource='x')"),
        ("exports/logs.py", "log.save()"),
        ("exportsite/jobs/endings.py", "def end(job):\n    job.save()"),
        ("exports/delivery.py", "LIMIT = settings.EXPORT_TIME_LIMIT"),
        ("exports/delivery.py", "class A:\n    limit = settings.EXPORT_TIME_LIMIT"),
        ("exports/delivery.py", "def f(limit=settings.EXPORT_TIME_LIMIT): ..."),
        ("exports/delivery.py", "pass\n" * (LONGEST + 1)),
    ],
)
def test_a_planted_fault_is_caught(path: str, source: str) -> None:
    assert len(found := faults_in(path, source)) == 1, found
    assert found[0].startswith(f"{path}:")


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("exportsite/domains/cars/export_resources.py", "from exports.registry import register"),
        ("exportsite/domains/cars/admin.py", "from exportsite.domains.cars.models import Car"),
        ("exportsite/jobs/queue.py", "from django_q.tasks import async_task"),
        ("exports/delivery.py", "from exportsite.files.storage import PrivateFolder"),
        ("exports/api/views.py", "from exportsite.api.pagination import answer_page"),
        ("exportsite/domains/leads/api.py", "from rest_framework.response import Response"),
        ("exports/formats/csv.py", "import csv\nfrom exports.formats.base import Format"),
        ("exportsite/jobs/states.py", "rows.update(status=target)"),
        ("exports/intake.py", "Export.objects.create(status='pending')"),
        ("imports/intake.py", "ImportJob.objects.create(status='checking')"),
        ("exports/logs.py", "Export.objects.filter(status='failed').update(lane='fast')"),
        ("exports/logs.py", "export.save(update_fields=['lane'])"),
        ("exportsite/domains/helpdesk/seed.py", "ticket.status = 'open'\nticket.save()"),
        ("exports/delivery.py", "def limit():\n    return settings.EXPORT_TIME_LIMIT"),
        ("exports/models.py", "class A:\n    who = settings.AUTH_USER_MODEL"),
    ],
)
def test_what_is_allowed_is_let_through(path: str, source: str) -> None:
    assert faults_in(path, source) == []
