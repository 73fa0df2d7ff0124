"""Fields with few values: yes or no, and one of several."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from imports.fields.base import Choices, Field, Label, Parser, ParseSettings, TextReader, named
from imports.fields.cells import text_of
from imports.problems import BadValue

# English, German, French, Spanish, Italian, Dutch, Portuguese, Polish, Swedish, Danish.
YES_WORDS: tuple[str, ...] = (
    *("1", "true", "t", "yes", "y", "on", "x", "✓", "ja", "j", "wahr", "oui", "o", "vrai"),
    *("sí", "si", "s", "verdadero", "sì", "vero", "waar", "sim", "verdadeiro", "tak", "prawda"),
    *("sant", "sand"),
)
NO_WORDS: tuple[str, ...] = (
    *("0", "false", "f", "no", "n", "off", "nein", "falsch", "non", "faux", "falso", "nee"),
    *("onwaar", "não", "nao", "nie", "fałsz", "nej", "falskt", "falsk"),
)


@dataclass(frozen=True, kw_only=True)
class Boolean(Field):
    """Yes or no, as a word of several languages or as 1 and 0."""

    type: ClassVar[str] = "boolean"
    sample: ClassVar[str] = "yes"

    yes_words: tuple[str, ...] = YES_WORDS
    no_words: tuple[str, ...] = NO_WORDS
    otherwise: bool | None = None  # what any other text means; None: it is refused

    def text_reader(self, settings: ParseSettings) -> TextReader:
        words = dict.fromkeys(map(str.casefold, self.no_words), False)
        words |= dict.fromkeys(map(str.casefold, self.yes_words), True)
        otherwise = self.otherwise

        def read(text: str) -> bool:
            value = words.get(text.casefold(), otherwise)
            if value is None:
                raise BadValue("not_yes_or_no", _("This is neither yes nor no. Write yes or no."))
            return value

        return read

    def options(self) -> Choices:
        return ((True, "yes"), (False, "no"))


@dataclass(frozen=True, kw_only=True)
class Choice(Field):
    """One of several values, by its value or its label; capitals do not matter."""

    type: ClassVar[str] = "choice"
    sample: ClassVar[str] = ""

    choices: Choices = ()  # value and label; groups of them as in a model; default: the model's

    def text_reader(self, settings: ParseSettings) -> TextReader:
        pairs = flat(self.choices)
        known = {str(label).casefold(): value for value, label in reversed(pairs)}
        known |= {str(value).casefold(): value for value, _label in reversed(pairs)}
        labels = [str(label) for _value, label in pairs]

        def read(text: str) -> Any:
            try:
                return known[text.casefold()]
            except KeyError:
                raise unknown_choice(text, labels) from None

        return read

    def cell_reader(self, settings: ParseSettings) -> Parser:
        by_text = self.text_reader(settings)
        return lambda cell: by_text(text_of(cell))

    def options(self) -> Choices:
        return flat(self.choices)

    @property
    def example_text(self) -> str:
        return self.example or next((str(label) for _value, label in flat(self.choices)), "")


def flat(choices: Choices) -> Choices:
    """Choices without their groups and without the one that says "nothing chosen"."""
    return tuple((value, label) for value, label in _walk(choices) if value not in (None, ""))


def _walk(choices: Sequence[tuple[Any, Any]]) -> Iterator[tuple[Any, Label]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _walk(label)
        else:
            yield value, label


def nearest(text: str, candidates: Sequence[str]) -> str:
    """The candidate that was probably meant, or ""."""
    by_fold = {candidate.casefold(): candidate for candidate in reversed(candidates)}
    found = get_close_matches(text.casefold()[:100], by_fold, n=1, cutoff=0.7)
    return by_fold[found[0]] if found else ""


def unknown_choice(text: str, labels: Sequence[str]) -> BadValue:
    message = _("This is none of %(labels)s.") % {"labels": named(labels)}
    if guess := nearest(text, labels):
        message += " " + _("Is “%(guess)s” meant?") % {"guess": guess}
    return BadValue("unknown_choice", message)
