"""A plan as the command line that gives the same file."""

import shlex
from collections.abc import Iterator

from exports.formats import read_options
from exports.plans import Plan
from exports.resources import default_columns, default_sort


def command_of(plan: Plan) -> str:
    """For a POSIX shell. What is the default anyway is left out."""
    return shlex.join(_words(plan))


def _words(plan: Plan) -> Iterator[str]:
    yield from ("python", "manage.py", "export", plan.resource.name, "--format", plan.format.name)
    for name, value in plan.filters.items():
        for item in value if isinstance(value, list) else [value]:
            yield from ("--filter", f"{name}={item}")
    columns = [column.name for column in plan.columns]
    if columns != default_columns(plan.resource):
        for name in columns:
            yield from ("--column", name)
    if plan.include_contact_info:
        yield "--include-contact-info"
    if (plan.sort_by, plan.sort_descending) != default_sort(plan.resource):
        sign = "-" if plan.sort_descending else ""
        yield f"--sort={sign}{plan.sort_by}"
    if plan.limit is not None:
        yield from ("--limit", str(plan.limit))
    yield from _options(plan)
    yield from ("-o", f"{plan.resource.name}.{plan.format.extension}")


def _options(plan: Plan) -> Iterator[str]:
    given = plan.resource.format_defaults.get(plan.format.name, {})
    usual = read_options(plan.format, given)
    for name, value in plan.options.items():
        if value != usual[name]:
            text = str(value).lower() if isinstance(value, bool) else str(value)
            yield from ("--option", f"{name}={text}")
