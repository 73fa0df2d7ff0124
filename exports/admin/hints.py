"""What somebody who waits for an export should know."""

from exports.models import Export
from exports.states import Status
from exportsite.jobs.hints import Hint, hints_while_running, hints_while_waiting


def hints_for(export: Export, *, is_operator: bool) -> list[Hint]:
    """What somebody who waits should know; nothing when all is well."""
    if export.status == Status.PROCESSING:
        return hints_while_running(export, is_operator=is_operator)
    if export.status == Status.PENDING:
        return hints_while_waiting(export, is_operator=is_operator)
    return []
