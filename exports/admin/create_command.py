"""A plan as the command line that gives the same file."""

import shlex
from collections.abc import Iterator

from exports.acceptance import usual_options
from exports.formats import read_options
from exports.forms import others_of
from exports.plans import ExportRequest, Plan
from exports.query_strings import write_part
from exports.resources import default_columns, default_sort


def command_of(plan: Plan, asked: ExportRequest) -> str:
    """For a POSIX shell. What is the default anyway is left out.

    `asked` says what the plan does not: what else goes into the file, and who is told.
    """
    return shlex.join(_words(plan, asked))


def _words(plan: Plan, asked: ExportRequest) -> Iterator[str]:
    yield from ("python", "manage.py", "export", plan.resource.name, "--format", plan.format.name)
    for name, value in plan.filters.items():
        for item in value if isinstance(value, list) else [value]:
            yield from ("--filter", f"{name}={item}")
    columns = [column.name for column in plan.columns]
    if columns != default_columns(plan.resource, with_sensitive=plan.include_contact_info):
        for name in columns:
            yield from ("--column", name)
    for name, text in plan.headers.items():
        yield from ("--header", f"{name}={text}")
    if plan.include_contact_info:
        yield "--include-contact-info"
    if (plan.sort_by, plan.sort_descending) != default_sort(plan.resource):
        sign = "-" if plan.sort_descending else ""
        yield f"--sort={sign}{plan.sort_by}"
    if plan.limit is not None:
        yield from ("--limit", str(plan.limit))
    yield from _options(plan)
    for part in others_of(asked):
        yield from ("--also", write_part(part))
    if asked.parts:
        yield "--alone"
    if asked.email_notification:
        yield "--email"
    yield from ("-o", f"{plan.resource.name}.{plan.format.extension}")


def _options(plan: Plan) -> Iterator[str]:
    usual = read_options(plan.format, usual_options(plan.resource, plan.format))
    for name, value in plan.options.items():
        if value != usual[name]:
            text = str(value).lower() if isinstance(value, bool) else str(value)
            yield from ("--option", f"{name}={text}")
