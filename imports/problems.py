"""What is wrong with a row or a cell, in words for the person who has to mend it."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Severity(models.TextChoices):
    ERROR = "error", _("error")  # the row stays out
    WARNING = "warning", _("warning")  # the row goes in, and somebody should look


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing wrong with one row. Bad rows are data: nobody raises this."""

    code: str  # stable, for the API and for grouping: "not_a_date"
    message: str  # a sentence without row and column, which stand beside it
    column: str = ""  # the header in the file; "" when the whole row is meant
    value: str = ""  # as it stands in the file
    severity: str = Severity.ERROR

    @property
    def is_error(self) -> bool:
        return self.severity == Severity.ERROR


class BadValue(ValueError):
    """A cell cannot be what its field wants. Raised by parsers, caught by validation."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class FileRefused(Exception):
    """The whole file cannot be taken. The message says what, where and what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
