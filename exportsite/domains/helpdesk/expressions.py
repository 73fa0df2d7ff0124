"""Values that the database works out from others."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, DateField, ExpressionWrapper, F, Func, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Concat, NullIf, Trim
from django.db.models.sql.compiler import SQLCompiler

Sql = tuple[str, tuple[Any, ...]]

FINAL_STATUSES = ("Resolved", "Closed")
IS_OPEN = ~Q(status__name__in=FINAL_STATUSES)
IS_RESOLVED = Q(resolved_at__isnull=False)


class AddMonths(Func):
    """A date and a number of months -> that date so much later, at most the month's last day.

    NULL when either is. 2024-01-31 and 1 make 2024-02-29 on every database.
    """

    output_field = DateField()
    arity = 2

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> Sql:
        (day, day_params), (months, months_params) = self._parts(compiler)
        sql = f"({day} + make_interval(months => {months}))::date"
        return sql, (*day_params, *months_params)

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> Sql:
        """SQLite's own addition runs over into the next month, so the earlier day is meant."""
        (day, day_params), (months, months_params) = self._parts(compiler)
        later = f"date({day}, {months} || ' months')"
        month_end = f"date({day}, 'start of month', ({months} + 1) || ' months', '-1 day')"
        return f"min({later}, {month_end})", (*day_params, *months_params) * 2

    def _parts(self, compiler: SQLCompiler) -> list[tuple[str, Any]]:
        return [compiler.compile(part) for part in self.get_source_expressions() if part]


def truth_of(condition: Q) -> Combinable:
    return ExpressionWrapper(condition, output_field=BooleanField())


def person_name(path: str) -> Combinable:
    """First and last name of the user at that path, else the user name; NULL without a user."""
    full = Concat(F(f"{path}__first_name"), Value(" "), F(f"{path}__last_name"))
    return Coalesce(NullIf(Trim(full), Value("")), F(f"{path}__username"))
