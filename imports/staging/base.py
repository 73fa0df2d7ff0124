"""What the databases say differently. All else of the import's SQL is the same on both."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeAlias

from django.db.backends.utils import CursorWrapper

from imports.fields.base import Column
from imports.targets import Target

Statement: TypeAlias = tuple[str, Sequence[Any]]  # with its parameters


class Dialect(Protocol):
    """One database's words. `sql` arguments and answers are pieces of SQL."""

    same: str  # between two values: equal, or both NULL
    differs: str

    def fill(
        self, cursor: CursorWrapper, table: str, columns: Sequence[str], values: Sequence[list[Any]]
    ) -> None:
        """Put rendered values into a table, column by column."""

    def render(self, column: Column, values: list[Any]) -> list[Any]:
        """Values as `fill` wants them. ABSENT is NULL."""

    def render_plain(self, values: list[Any]) -> list[Any]:
        """The same for whole numbers and booleans of our own."""

    def match(self, target: Target, condition: str, *, is_indexed: bool) -> str:
        """Join the staged records "s" with the target "t"; no match gives NULLs."""

    def among(self, sql: str) -> str:
        """Whether a value is one of a parameter made by `many`."""

    def many(self, values: Iterable[Any]) -> Any: ...

    def pairs(self) -> str:
        """A table "v" of two columns, old and new, from two parameters made by `many`."""

    def as_json(self, column: Column, sql: str) -> str:
        """A column as text of JSON, such that `from_json` gives it back exactly; never NULL."""

    def from_json(self, column: Column, document: str) -> str:
        """The column's value out of a document of `as_json` values by column name."""

    def has_key(self, document: str, name: str) -> str: ...

    def to_document(self, sql: str) -> str:
        """Text of JSON as the ledger stores it."""

    def canonical(self, sql: str) -> str:
        """A value as text that tells apart whatever differs; never NULL."""

    def held(self, column: Column, sql: str) -> str:
        """The piece of SQL that fills a column, as the column holds it; "" if that is not sure."""

    def key_text(self, sql: str) -> str:
        """A record's key as the ledger stores it."""

    def key_value(self, target: Target, sql: str) -> str:
        """The key back out of that text."""

    def run(self, cursor: CursorWrapper, statements: Sequence[str]) -> None:
        """Statements without parameters or answers, in as few round trips as can be."""

    def run_all(self, cursor: CursorWrapper, statements: Sequence[Statement]) -> list[int]:
        """The same with parameters; how many rows each has touched.

        In between the interpreter's lock would go to and fro between this thread and the reading
        one: that took a hundredth of an import, and twice that on a slower machine.
        """

    def looks_up_quickly(self) -> list[str]:
        """Statements after which joins with a big table go by index, record by record."""

    def plans_freely(self) -> list[str]:
        """Those that take it back."""

    def new_key(self, cursor: CursorWrapper, target: Target) -> str:
        """The key of a new record "s", for `_new`; "" if `creations` numbers them."""

    def creations(
        self,
        cursor: CursorWrapper,
        target: Target,
        columns: Sequence[tuple[str, str]],
        parameters: Sequence[Any],
        *,
        is_keyed: bool,
    ) -> list[Statement]:
        """What inserts each merged record that has no `_pk`, in order. Then its key is in `_new`.

        `columns` are pairs of a column and what goes in; `is_keyed`: some say their key themselves.
        """

    def checks_references(self) -> list[str]:
        """Those that find broken foreign keys now, and not at the end of the transaction."""
