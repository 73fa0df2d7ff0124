"""Whether the database would refuse staged records, asked of all of them at once.

So a check says what the run will do, and the run hardly ever meets a refusal.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db import connection, models
from django.db.backends.utils import CursorWrapper
from django.db.models import Q
from django.db.models.expressions import BaseExpression, F, OrderBy
from django.db.models.sql import Query

from imports.fields.base import Column
from imports.staging.base import Dialect
from imports.targets import Target, quoted

Sql: TypeAlias = tuple[str, tuple[Any, ...]]  # with its parameters; columns stand without a table


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What the database wants of a record."""

    columns: tuple[Column, ...]  # that it looks at
    name: str = ""
    message: str = ""  # of the model's author, for people


@dataclass(frozen=True, kw_only=True)
class CheckRule(Rule):
    """A condition that is not false."""

    condition: Sql


@dataclass(frozen=True, kw_only=True)
class UniqueRule(Rule):
    """No two records may have the same."""

    values: tuple[Sql, ...]
    condition: Sql | None = None
    is_null_a_value: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether it is about columns as they stand, in all records."""
        return self.condition is None and not self.is_null_a_value and self._is_of_columns

    @property
    def _is_of_columns(self) -> bool:
        return [sql for sql, _ in self.values] == [quoted(column) for column in self.columns]


@dataclass(frozen=True, kw_only=True)
class ReferenceRule:
    """What a foreign key names has to exist."""

    column: "models.ForeignKey[Any, Any]"


def check_rules(model: type[models.Model]) -> list[CheckRule]:
    rules = []
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.CheckConstraint):
            condition: Any = constraint.condition
            rules.append(
                CheckRule(
                    columns=_columns(model, sorted(condition.referenced_base_fields)),
                    name=constraint.name,
                    message=_own_message(constraint),
                    condition=_where(model, condition),
                )
            )
    for column in model._meta.concrete_fields:
        check = column.db_parameters(connection)["check"]
        if check:  # of a column that takes no negative numbers, or only JSON
            rules.append(CheckRule(columns=(column,), condition=(str(check), ())))
    return rules


def unique_rules(model: type[models.Model]) -> list[UniqueRule]:
    meta = model._meta
    groups = [(column.name,) for column in meta.concrete_fields if column.unique]
    rules = [_unique(model, names) for names in (*groups, *meta.unique_together)]
    for constraint in meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            rules.append(_unique_constraint(model, constraint))
    return rules


def _unique(model: type[models.Model], names: Sequence[str]) -> UniqueRule:
    columns = _columns(model, names)
    return UniqueRule(columns=columns, values=tuple((quoted(column), ()) for column in columns))


def _unique_constraint(
    model: type[models.Model], constraint: models.UniqueConstraint
) -> UniqueRule:
    condition: Any = constraint.condition
    names = list(constraint.fields)
    values: list[Sql] = [(quoted(column), ()) for column in _columns(model, names)]
    for expression in constraint.expressions:
        names += [name for name in _referenced(expression) if name not in names]
        values.append(_compiled(model, expression))
    if condition is not None:
        names += sorted(condition.referenced_base_fields - set(names))
    return UniqueRule(
        columns=_columns(model, names),
        name=constraint.name,
        message=_own_message(constraint),
        values=tuple(values),
        condition=None if condition is None else _where(model, condition),
        is_null_a_value=constraint.nulls_distinct is False,
    )


def reference_rules(target: Target) -> list[ReferenceRule]:
    """Foreign keys that no lookup has found."""
    return [
        ReferenceRule(column=column)
        for column in target.columns.values()
        if isinstance(column, models.ForeignKey)
        and column.attname not in target.lookups
        and getattr(column, "db_constraint", True)
    ]


def _own_message(constraint: models.BaseConstraint) -> str:
    message = str(constraint.violation_error_message)
    is_default = message == str(constraint.default_violation_error_message)
    return "" if is_default else message % {"name": constraint.name}


def _columns(model: type[models.Model], names: Iterable[str]) -> tuple[Column, ...]:
    return tuple(
        model._meta.pk if name == "pk" else model._meta.get_field(name)  # type: ignore[misc]
        for name in names
    )


def _referenced(expression: Any) -> Iterator[str]:
    if isinstance(expression, F):
        yield str(expression.name)  # type: ignore[attr-defined]  # the stubs forget it
    elif isinstance(expression, BaseExpression):
        for source in expression.get_source_expressions():
            yield from _referenced(source)


def _where(model: type[models.Model], condition: Q) -> Sql:
    query = Query(model, alias_cols=False)
    where = query.build_where(condition)
    sql, parameters = where.as_sql(query.get_compiler(connection=connection), connection)
    return sql, tuple(parameters)


def _compiled(model: type[models.Model], expression: Any) -> Sql:
    if isinstance(expression, OrderBy):
        expression = expression.expression
    query = Query(model, alias_cols=False)
    resolved = expression.resolve_expression(query)
    sql, parameters = query.get_compiler(connection=connection).compile(resolved)
    return f"({sql})", tuple(parameters)


# -- Asking -----------------------------------------------------------------------------------
def broken_checks(cursor: CursorWrapper, rules: Sequence[CheckRule]) -> list[tuple[int, CheckRule]]:
    """Numbers of staged records with a rule that each of them breaks."""
    if not rules:
        return []
    broken = [f"CASE WHEN NOT ({rule.condition[0]}) THEN 1 ELSE 0 END" for rule in rules]
    parameters = [value for rule in rules for value in rule.condition[1]]
    cursor.execute(
        f"SELECT _n, {', '.join(broken)} FROM imports_merged WHERE {' + '.join(broken)} > 0",
        [*parameters, *parameters],
    )
    return [
        (number, rule)
        for number, *flags in cursor.fetchall()
        for rule, is_broken in zip(rules, flags, strict=True)
        if is_broken
    ]


def taken_values(
    cursor: CursorWrapper, words: Dialect, target: Target, rule: UniqueRule
) -> list[int]:
    """Numbers of staged records with values that another record of the target has."""
    names = [f"_v{n}" for n in range(len(rule.values))]
    values = ", ".join(
        f"{sql} AS {name}" for (sql, _), name in zip(rule.values, names, strict=True)
    )
    parameters = [value for _, given in rule.values for value in given]
    where = "1 = 1"
    if rule.condition is not None:
        where = rule.condition[0]
        parameters += rule.condition[1]
    equals = words.same if rule.is_null_a_value else "="
    agree = " AND ".join(f"o.{name} {equals} m.{name}" for name in names)
    # A query of its own with a limit, and no join: PostgreSQL then goes by the index.
    cursor.execute(
        f"SELECT m._n FROM (SELECT _n, _pk, {values} FROM imports_merged WHERE {where}) m "
        f"WHERE (SELECT 1 FROM (SELECT {target.pk_sql} AS _pk, {values} FROM {target.table} "
        f"WHERE {where}) o WHERE {agree} AND (m._pk IS NULL OR o._pk <> m._pk) LIMIT 1) = 1",
        [*parameters, *parameters],
    )
    return [number for (number,) in cursor.fetchall()]


def staged_values(cursor: CursorWrapper, rule: UniqueRule) -> list[tuple[int, tuple[Any, ...]]]:
    """What the rule compares, by the number of each staged record that it is about."""
    values, where, parameters = _compared(rule)
    cursor.execute(f"SELECT _n, {values} FROM imports_merged WHERE {where}", parameters)
    return [(number, tuple(found)) for number, *found in cursor.fetchall()]


def held_values(
    cursor: CursorWrapper, target: Target, rule: UniqueRule
) -> list[tuple[int, tuple[Any, ...]]]:
    """What the rule compares of records as they are, by the number of what changes each."""
    values, where, parameters = _compared(rule)
    cursor.execute(
        f"SELECT m._n, o.* FROM imports_merged m JOIN (SELECT {target.pk_sql} AS _pk, {values} "
        f"FROM {target.table} WHERE {where}) o ON o._pk = m._pk WHERE m._before IS NOT NULL",
        parameters,
    )
    return [(number, tuple(found)) for number, _pk, *found in cursor.fetchall()]


def _compared(rule: UniqueRule) -> tuple[str, str, list[Any]]:
    """Columns for a SELECT, its condition, and the parameters of both."""
    values = ", ".join(f"{sql} AS _v{n}" for n, (sql, _) in enumerate(rule.values))
    where, more = rule.condition or ("1 = 1", ())
    return values, where, [*(value for _, given in rule.values for value in given), *more]


def missing_references(cursor: CursorWrapper, rule: ReferenceRule) -> list[int]:
    """Numbers of staged records with a foreign key that leads nowhere."""
    column, related = rule.column, rule.column.target_field
    table = connection.ops.quote_name(related.model._meta.db_table)
    cursor.execute(
        f"SELECT m._n FROM imports_merged m WHERE m.{quoted(column)} IS NOT NULL AND NOT EXISTS "
        f"(SELECT 1 FROM {table} r WHERE r.{quoted(related)} = m.{quoted(column)})"
    )
    return [number for (number,) in cursor.fetchall()]
