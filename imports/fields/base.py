"""What every field of an importer is: a cell in, a value out, or a sentence about what is wrong."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeAlias

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from imports.fields.cells import plain_text, text_of
from imports.problems import BadValue

Label: TypeAlias = str | Promise
Parser: TypeAlias = Callable[[Any], Any]  # a cell that is not empty -> a value; raises BadValue
TextReader: TypeAlias = Callable[[str], Any]  # a text that is not empty -> a value
if TYPE_CHECKING:
    Column: TypeAlias = models.Field[Any, Any]
else:
    Column = models.Field
Choices: TypeAlias = tuple[tuple[Any, Label], ...]  # value and label

# What a spreadsheet writes into a text file for a formula that failed.
FORMULA_ERRORS = frozenset(
    ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!")
)


class _Empty(Enum):
    EMPTY = "empty"

    def __repr__(self) -> str:
        return "EMPTY"


EMPTY: Final = _Empty.EMPTY  # in a column: the cell says nothing


class IsEmpty(BadValue):
    """A cell with a text that means nothing: the word "Null", Excel's `=""`."""

    def __init__(self) -> None:
        super().__init__("empty", _("This cell is empty."))


@dataclass(frozen=True, kw_only=True)
class ParseSettings:
    """What parsing depends on besides the cell."""

    time_zone: str = "UTC"
    values: Mapping[str, str] = field(default_factory=dict)  # text in the file -> what is meant


@dataclass(frozen=True, kw_only=True)
class Field:
    """One thing that a row may say. Subclasses know how its cells are read."""

    type: ClassVar[str]  # what the API calls it
    sample: ClassVar[str]  # a text that it takes
    remembers: ClassVar[bool] = True  # columns of this type say the same again and again

    name: str  # of the model's field, or a name of the importer's own that `expand` uses
    label: Label = ""  # default: the model field's verbose name, else the name
    aliases: tuple[str, ...] = ()  # other headers that mean it, however they are spelled
    position: int | None = None  # of a positional file, from 0
    required: bool = False  # a column must be mapped to it, and a new record needs a value
    default: Any = None  # for new records whose cell is empty; a callable is called
    permission: str = ""  # "app.codename" that a person needs to fill it
    help: Label = ""
    example: str = ""  # a text that it takes, for templates; default: one of its type
    empty_words: tuple[str, ...] = ()  # texts that mean an empty cell: "null", "n/a"
    validators: tuple[Callable[[Any], None], ...] = ()  # as those of a model's field
    column: Column | None = None  # of the model; bind() finds it by the name

    def parser(self, settings: ParseSettings) -> Parser:
        """What reads the cells of one file: not empty ones, as text or as a workbook holds them.

        Typed cells mean what they are; for text the translations of `settings.values` come first.
        """
        from imports.fields.rules import finisher  # it knows all types of fields

        finish = finisher(self)
        take = self.cell_reader(settings)
        texts = Texts(self, settings, finish)
        read = texts.read
        if settings.values:
            typed = texts.typed_reader(take)
            return lambda cell: read(cell) if cell.__class__ is str else typed(cell)
        if finish is None:
            return lambda cell: read(cell) if cell.__class__ is str else take(cell)
        return lambda cell: read(cell) if cell.__class__ is str else finish(take(cell))

    def text_reader(self, settings: ParseSettings) -> TextReader:
        """What reads a text without outer blanks and Excel's quoting. Raises BadValue."""
        raise NotImplementedError

    def cell_reader(self, settings: ParseSettings) -> Parser:
        """What reads a typed cell. Raises BadValue. Here: the text that the cell shows."""
        read = self.text_reader(settings)
        return lambda cell: read(text_of(cell))

    def options(self) -> Choices:
        """What the field may say, as value and label; () for anything."""
        return ()

    @property
    def example_text(self) -> str:
        return self.example or self.sample

    @property
    def is_needed(self) -> bool:
        """Whether a new record cannot do without a value."""
        if self.required or self.column is None:
            return self.required
        has_default = self.column.has_default() or self.default is not None
        return not (has_default or self.column.null or self.column.blank)

    @property
    def can_be_empty(self) -> bool:
        """Whether an empty cell may empty what a record holds."""
        if self.column is None:
            return not self.required
        return self.column.null or (self.column.blank and self.column.empty_strings_allowed)

    @property
    def empty_value(self) -> Any:
        """What an emptied field holds."""
        return None if self.column is None or self.column.null else ""


class Texts:
    """What the texts of a column mean."""

    def __init__(self, field: Field, settings: ParseSettings, finish: Parser | None) -> None:
        self._read = field.text_reader(settings)
        self._finish = finish
        self._meant = {_folded(text): meant for text, meant in settings.values.items()}
        self._empty = frozenset(map(_folded, field.empty_words))

    def read(self, given: str) -> Any:
        text = plain_text(given)
        if self._meant:
            text = self._meant.get(text.casefold(), text)
        if not text or (self._empty and text.casefold() in self._empty):
            raise IsEmpty
        if text in FORMULA_ERRORS:
            raise BadValue(
                "error_value", _("A formula failed here. Mend it and save the file anew.")
            )
        value = self._read(text)
        return value if self._finish is None else self._finish(value)

    def typed_reader(self, take: Parser) -> Parser:
        """What reads typed cells when texts are translated: those that show such a text too."""
        finish = self._finish or (lambda value: value)
        return lambda cell: (
            self.read(text_of(cell))
            if text_of(cell).casefold() in self._meant
            else finish(take(cell))
        )


def _folded(text: str) -> str:
    return text.strip().casefold()


def named(texts: Sequence[Label], most: int = 12) -> str:
    """The valid ones in a sentence, not more than a person reads."""
    shown = [f"“{text}”" for text in texts[:most]]
    if len(texts) > most:
        shown.append(_("%(count)d more") % {"count": len(texts) - most})
    return ", ".join(shown)
