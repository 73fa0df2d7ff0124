"""Why a row stays out, in sentences for the person who mends the file."""

from collections.abc import Mapping
from typing import Any

from django.db import DatabaseError
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from imports.batches import Batch
from imports.constraints import CheckRule, ReferenceRule, Rule, UniqueRule
from imports.fields.base import Column
from imports.problems import BadValue, Problem, Severity
from imports.targets import Target

LONGEST_SHOWN = 200  # characters of a value in a problem


class Teller:
    """Says what is wrong with records of one target, in the words of the file."""

    def __init__(self, target: Target, headers: Mapping[str, str]) -> None:
        """`headers`: name of a field -> its column in the file."""
        self._target = target
        self._headers = dict(headers)

    def header(self, column: Column) -> str:
        for name in (column.name, column.attname):
            if name in self._headers:
                return self._headers[name]
        return capfirst(str(column.verbose_name))

    def key(self, batch: Batch, number: int) -> str:
        """What tells the record apart, as a person knows it."""
        return ", ".join(batch.shown(column.attname, number) for column in self._target.key)

    def _about(self, batch: Batch, number: int, columns: tuple[Column, ...]) -> dict[str, str]:
        given = [column for column in columns if column.attname in batch.columns] or columns
        return {
            "column": ", ".join(self.header(column) for column in given),
            "value": ", ".join(batch.shown(column.attname, number) for column in given)[
                :LONGEST_SHOWN
            ],
        }

    def bad_value(self, batch: Batch, number: int, column: Column, error: BadValue) -> Problem:
        about = self._about(batch, number, (column,))
        return Problem(code=error.code, message=error.message, **about)

    def unplanned(self, code: str, batch: Batch, number: int) -> Problem:
        """A record that the mode does not allow, or whose key fits several."""
        messages = {
            "duplicate": _("This record exists already, and the import only adds new ones."),
            "not_found": _("There is no such record, and the import only changes existing ones."),
            "ambiguous_key": _("Several records have this key. Choose another one for the import."),
            "no_key": _("Nothing here says which record is meant."),
        }
        about = self._about(batch, number, self._target.key)
        return Problem(code=code, message=messages[code], **about)

    def needed(self, batch: Batch, number: int, column: Column) -> Problem:
        message = _("A new record needs a value here.")
        about = self._about(batch, number, (column,))
        return Problem(code="required_for_new", message=message, **about)

    def repeated(self, batch: Batch, number: int, earlier: int) -> Problem:
        message = _("Row %(row)d of this file is about the same record.")
        if earlier == batch.rows[number]:
            message = _("This row is about the same record twice.")
        about = self._about(batch, number, self._target.key)
        return Problem(code="duplicate_in_file", message=message % {"row": earlier}, **about)

    def overwritten(self, batch: Batch, number: int, earlier: int, *, is_same: bool) -> Problem:
        message = _("Row %(row)d of this file is about the same record. This later row counts.")
        if is_same:
            message = _("Row %(row)d of this file says the same. It counts once.")
        about = self._about(batch, number, self._target.key)
        return Problem(
            code="repeated",
            message=message % {"row": earlier},
            severity=Severity.WARNING,
            **about,
        )

    def taken(self, batch: Batch, number: int, rule: UniqueRule, earlier: int = 0) -> Problem:
        """Another record, or an `earlier` row of the file, has what only one may have."""
        message = rule.message or _("Another record has this already.")
        if earlier:
            message = _("Row %(row)d of this file has this already.") % {"row": earlier}
        about = self._about(batch, number, rule.columns)
        return Problem(code="not_unique", message=message, **about)

    def broken(self, batch: Batch, number: int, rule: CheckRule) -> Problem:
        message = rule.message or self._meaning(rule)
        about = self._about(batch, number, rule.columns)
        return Problem(code="breaks_rule", message=message, **about)

    def _meaning(self, rule: Rule) -> str:
        if not rule.name:  # a column's own
            return _("This column does not take such a value.")
        words = rule.name.replace("_", " ").strip()
        app = self._target.model._meta.app_label
        words = words.removeprefix(f"{app} ").removeprefix(
            f"{self._target.model._meta.model_name} "
        )
        return _("This breaks the rule “%(rule)s”.") % {"rule": words}

    def dangling(self, batch: Batch, number: int, rule: ReferenceRule) -> Problem:
        message = _("There is no %(what)s with this number.")
        what = rule.column.target_field.model._meta.verbose_name
        about = self._about(batch, number, (rule.column,))
        return Problem(code="unknown_record", message=message % {"what": what}, **about)


def left_out(reason: str) -> Problem:
    """Why a row is skipped though nothing is wrong with it."""
    return Problem(code="left_out", message=reason, severity=Severity.WARNING)


def refused(error: DatabaseError) -> Problem:
    """What the database says itself, for what nobody has foreseen."""
    diagnosis: Any = getattr(error.__cause__, "diag", None)
    said = (diagnosis and diagnosis.message_primary) or str(error).partition("\n")[0]
    message = _("The database refuses this row: %(reason)s.") % {"reason": said.rstrip(".")}
    return Problem(code="refused_by_database", message=message)
