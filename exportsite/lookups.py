"""Texts are looked for the same way on every database."""

import re
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field
from django.db.models.lookups import IContains, IRegex
from django.db.models.sql.compiler import SQLCompiler


class ContainsInAnyScript(IContains):
    """As Django's, but SQLite's LIKE knows capital letters of ASCII only: others go by a pattern.

    https://docs.djangoproject.com/en/5.2/ref/databases/#sqlite-string-matching
    """

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        if not isinstance(self.rhs, str) or self.rhs.isascii():
            return self.as_sql(compiler, connection)
        return IRegex(self.lhs, re.escape(self.rhs)).as_sql(compiler, connection)


def register() -> None:
    """For the admin's searches and the filters of exports alike, or the two would not agree."""
    Field.register_lookup(ContainsInAnyScript)
