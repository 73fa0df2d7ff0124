"""Which column of a file fills which field: guesses, and what is wrong with a mapping."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from imports.fields import Field, ParseSettings, bind
from imports.fields.base import named
from imports.fields.choices import nearest
from imports.importers import Importer
from imports.likeness import likeness
from imports.models import Mode
from imports.problems import BadValue

SURE, GUESS = "sure", "guess"
SURE_LIKENESS = 0.95  # names that differ in capitals, blanks and signs only
MOST_SAMPLES = 20

ColumnMapping = Mapping[str, str | None]  # column name -> field name, or None: not imported


@dataclass(frozen=True, kw_only=True)
class Guess:
    """What a column probably means."""

    field: str | None
    confidence: str = SURE  # or "guess": a person should look


def column_names(header: Sequence[str]) -> tuple[str, ...]:
    """A name of its own for each column: its header, or where it stands.

    A column without a header is "Column 3"; of two with one header the later is "Price (column 5)".
    """
    names: dict[str, None] = {}
    for place, text in enumerate(header, 1):
        name = " ".join(text.split()) or _("Column %(number)d") % {"number": place}
        while name in names:
            name = _("%(name)s (column %(number)d)") % {"name": name, "number": place}
        names[name] = None
    return tuple(names)


def mappable_fields(importer: type[Importer], header: Sequence[str]) -> dict[str, Field]:
    """The fields that a file with this header may fill, by name."""
    fields = importer.fields_for(header)
    return {field.name: bind(field, importer.model) for field in fields}


def guess_mapping(
    importer: type[Importer], header: Sequence[str], samples: Sequence[Sequence[str]] = ()
) -> dict[str, Guess]:
    """What each column probably means; a field is given away once, to the likeliest column.

    A column that is like no field, or whose samples its field cannot read, means nothing.
    """
    fields = mappable_fields(importer, header)
    names = column_names(header)
    if importer.is_positional:
        by_place = {field.position: field for field in fields.values()}
        found = {place: (by_place[place], SURE) for place in range(len(names)) if place in by_place}
    else:
        found = _nearest_pairs(header, list(fields.values()), samples)
    guesses = dict.fromkeys(names, Guess(field=None))
    for place, (field, confidence) in found.items():
        is_readable = _fits(field, samples, place, at_least=0)
        sure = confidence if is_readable else GUESS
        guesses[names[place]] = Guess(field=field.name, confidence=sure)
    return guesses


def _nearest_pairs(
    header: Sequence[str], fields: Sequence[Field], samples: Sequence[Sequence[str]]
) -> dict[int, tuple[Field, str]]:
    """Place of a column -> its field, the most alike first."""
    pairs = sorted(_likely_pairs(header, fields), key=lambda pair: (-pair[0], pair[1], pair[2]))
    rivals = Counter((round(score, 3), order) for score, _place, order in pairs)
    found: dict[int, tuple[Field, str]] = {}
    given: set[int] = set()
    for score, place, order in pairs:
        if place in found or order in given:
            continue
        is_sure = score >= SURE_LIKENESS and rivals[round(score, 3), order] == 1
        if score >= SURE_LIKENESS or _fits(fields[order], samples, place, at_least=0.5):
            found[place] = (fields[order], SURE if is_sure else GUESS)
            given.add(order)
    return found


def _likely_pairs(
    header: Sequence[str], fields: Sequence[Field]
) -> Iterator[tuple[float, int, int]]:
    """How much alike, place of the column, place of the field."""
    for place, text in enumerate(header):
        for order, field in enumerate(fields):
            if (score := likeness(text, field)) > 0:
                yield score, place, order


def _fits(field: Field, samples: Sequence[Sequence[str]], place: int, *, at_least: float) -> bool:
    """Whether the field reads more than this share of a column's samples; True without any."""
    texts = [row[place].strip() for row in samples[:MOST_SAMPLES] if place < len(row)]
    texts = [text for text in texts if text]
    bad = len(refused(field, texts))
    return not texts or bad < len(texts) * (1 - at_least)


def refused(field: Field, texts: Sequence[str]) -> dict[str, BadValue]:
    """The texts that a field cannot read and why. Unknown choices can be translated: they are
    no sign of a wrong column.
    """
    parse = field.parser(ParseSettings())
    found = {}
    for text in texts:
        try:
            parse(text)
        except BadValue as error:
            if error.code not in ("unknown_choice", "empty"):
                found[text] = error
    return found


def missing_fields(
    importer: type[Importer],
    mapping: ColumnMapping,
    *,
    mode: str = Mode.UPSERT,
    key: Sequence[str] = (),
) -> list[Field]:
    """The fields that some column has to fill and none does: when nothing is added, the key's."""
    fields = mappable_fields(importer, tuple(mapping))
    filled = set(mapping.values())
    return [
        field
        for field in fields.values()
        if field.name not in filled
        and (field.name in key or (field.required and mode != Mode.UPDATE))
    ]


def check_mapping(
    importer: type[Importer],
    header: Sequence[str],
    mapping: ColumnMapping,
    *,
    mode: str = Mode.UPSERT,
    key: Sequence[str] = (),
) -> list[str]:
    """Why a file cannot be checked with this mapping, in sentences; [] if it can."""
    faults = [*_unknown_names(importer, header, mapping), *_twice(mapping)]
    if faults:
        return faults
    names = column_names(header)
    whole = {name: mapping.get(name) for name in names}
    if missing := missing_fields(importer, whole, mode=mode, key=key):
        labels = named([str(field.label) for field in missing])
        faults.append(_("No column is mapped to %(fields)s.") % {"fields": labels})
    if not any(whole.values()):
        faults.append(_("No column is mapped to anything."))
    if refusal := importer.refuse_header(header, whole):
        faults.append(refusal)
    return faults


def _unknown_names(
    importer: type[Importer], header: Sequence[str], mapping: ColumnMapping
) -> Iterator[str]:
    names = column_names(header)
    fields = mappable_fields(importer, header)
    for name, field in mapping.items():
        if name not in names:
            yield _("The file has no column “%(name)s”. It has: %(names)s.") % {
                "name": name,
                "names": named(names),
            }
        if field is not None and field not in fields:
            yield _("There is no field “%(name)s”. There are: %(names)s.") % {
                "name": field,
                "names": named(list(fields), most=60),
            }


def _twice(mapping: ColumnMapping) -> Iterator[str]:
    counts = Counter(field for field in mapping.values() if field is not None)
    for field, count in counts.items():
        if count > 1:
            columns = [name for name, target in mapping.items() if target == field]
            yield _("%(columns)s are mapped to the same field, “%(field)s”. Choose one.") % {
                "columns": named(columns),
                "field": field,
            }


@dataclass(frozen=True, kw_only=True)
class Match:
    """How well a file's header fits an importer."""

    importer: type[Importer]
    score: float  # share of the columns that surely mean one of its fields
    missing: tuple[str, ...]  # labels of required fields without a column
    refusal: str = ""  # the importer's own reason to refuse it
    is_sure: bool = (
        False  # nothing is missing, most columns fit, and no other importer fits as well
    )


def guess_importer(header: Sequence[str], importers: Sequence[type[Importer]]) -> list[Match]:
    """The importers that a file may be for, the best first; those that share no column are out."""
    matches = [match for match in (_match(header, one) for one in importers) if match.score > 0]
    matches.sort(key=lambda match: (bool(match.missing or match.refusal), -match.score))
    if not matches:
        return []
    best, *others = matches
    rival = max((o.score for o in others if not o.missing and not o.refusal), default=0)
    is_whole = not best.missing and not best.refusal
    is_sure = is_whole and best.score >= 0.5 and best.score > rival
    return [replace(best, is_sure=is_sure), *others]


def _match(header: Sequence[str], importer: type[Importer]) -> Match:
    fields = list(mappable_fields(importer, header).values())
    pairs = _nearest_pairs(header, fields, ())
    names = column_names(header)
    sure = {place for place, (_field, confidence) in pairs.items() if confidence == SURE}
    mapping = {
        name: pairs[place][0].name if place in pairs else None for place, name in enumerate(names)
    }
    missing = missing_fields(importer, mapping)
    return Match(
        importer=importer,
        score=len(sure) / max(len(names), 1),
        missing=tuple(str(field.label) for field in missing),
        refusal=importer.refuse_header(header, mapping),
    )


def suggest_values(field: Field, texts: Sequence[str]) -> dict[str, str]:
    """Texts that are none of the field's choices -> the one that was probably meant, or ""."""
    labels = [str(label) for _value, label in field.options()]
    if not labels:
        return {}
    parse = field.parser(ParseSettings())
    found = {}
    for text in dict.fromkeys(texts):
        try:
            parse(text)
        except BadValue as error:
            if error.code in ("unknown_choice", "not_yes_or_no"):
                found[text] = nearest(text, labels)
    return found
