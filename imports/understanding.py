"""What a new file is taken for: its importer, what its columns mean, and how sure that is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from imports.acceptance import default_key, default_mode, default_options, make_plan
from imports.errors import InvalidRequest
from imports.importers import Importer, fields_of
from imports.mapping import SURE, guess_importer, guess_mapping, mappable_fields
from imports.mapping import Guess as ColumnGuess
from imports.permissions import User, importers_for, may_fill
from imports.readers.base import Guess
from imports.requests import MappingRequest, UploadRequest

SHEET_LENGTH = 255  # characters of a sheet's name that a job keeps


@dataclass(frozen=True, kw_only=True)
class Understood:
    """What a job's row is to say of its file."""

    columns: dict[str, Any]
    is_clear: bool  # nothing is left for a person to say
    notes: tuple[str, ...] = ()  # what was odd about the file


def understand(
    user: User, importer: type[Importer] | None, guess: Guess, request: UploadRequest
) -> Understood:
    """Raises InvalidRequest for what was said and is wrong; what was left open may stay so."""
    layout = layout_columns(guess)
    is_sure = guess.is_encoding_sure or bool(request.layout.encoding)
    is_named = importer is not None
    if importer is None:
        importer, is_known = _guess_importer(user, guess)
        is_sure = is_sure and is_known
    if importer is None:
        return Understood(columns={**layout, "importer": ""}, is_clear=False, notes=guess.notes)
    guesses = {} if request.mapping is not None else _guess_columns(user, importer, guess)
    wanted = _mapping_request(request, guesses)
    try:
        plan = make_plan(user, importer, guess.header, wanted)
    except InvalidRequest as error:
        if request.mapping is not None or set(error.errors) != {"mapping"}:
            raise
        meant = _unfinished(user, importer, wanted)
        is_sure = False
    else:
        meant = plan.columns()
        is_trusted = request.accepts_guesses or _are_sure(guesses)
        is_sure = is_sure and (
            is_trusted or (is_named and _are_sure_by_name(importer, guess, guesses))
        )
    kept = {name: vars(column) for name, column in guesses.items()}
    columns = {**layout, **meant, "guesses": kept}
    return Understood(columns=columns, is_clear=is_sure, notes=guess.notes)


def known_names(user: User, importer: type[Importer] | None) -> set[str]:
    """What columns may be called; it helps to find a header below other lines."""
    importers = importers_for(user) if importer is None else [importer]
    return {
        str(name)
        for each in importers
        for field in fields_of(each)
        for name in (field.name, field.label, *field.aliases)
        if name
    }


def layout_columns(guess: Guess) -> dict[str, Any]:
    layout = guess.layout
    return {
        "encoding": layout.encoding,
        "delimiter": layout.delimiter,
        "sheet": layout.sheet,
        "sheets": list(guess.sheets),
        "header_row": layout.header_row,
        "header": list(guess.header),
        "samples": [list(row) for row in guess.samples],
        "total_rows": None,
        "checked_at": None,
    }


def _guess_importer(user: User, guess: Guess) -> tuple[type[Importer] | None, bool]:
    """The likeliest one, and whether it is the only likely one."""
    matches = guess_importer(guess.header, importers_for(user))
    return (matches[0].importer, matches[0].is_sure) if matches else (None, False)


def _guess_columns(user: User, importer: type[Importer], guess: Guess) -> dict[str, ColumnGuess]:
    """What each column probably means; nothing that this person may not fill."""
    fields = mappable_fields(importer, guess.header)
    return {
        name: ColumnGuess(field=None)
        if found.field is not None and not may_fill(user, fields[found.field])
        else found
        for name, found in guess_mapping(importer, guess.header, guess.samples).items()
    }


def _are_sure(guesses: Mapping[str, ColumnGuess]) -> bool:
    return all(guess.confidence == SURE for guess in guesses.values())


def _are_sure_by_name(
    importer: type[Importer], guess: Guess, guesses: Mapping[str, ColumnGuess]
) -> bool:
    """Whoever names the importer, and the columns as it does, may have bad values in them."""
    by_name = guess_mapping(importer, guess.header)
    return _are_sure(by_name) and all(
        guesses[name].field == found.field for name, found in by_name.items()
    )


def _mapping_request(request: UploadRequest, guesses: Mapping[str, ColumnGuess]) -> MappingRequest:
    mapping = request.mapping
    if mapping is None:
        mapping = {name: guess.field for name, guess in guesses.items()}
    return MappingRequest(
        mapping=mapping,
        values=request.values,
        key=request.key,
        mode=request.mode,
        on_error=request.on_error,
        blank=request.blank,
        options=request.options,
    )


def _unfinished(user: User, importer: type[Importer], wanted: MappingRequest) -> dict[str, Any]:
    """What is kept of a request whose mapping a person has to complete."""
    return {
        "importer": importer.name,
        "mapping": dict(wanted.mapping),
        "values": {name: dict(meant) for name, meant in (wanted.values or {}).items()},
        "key": wanted.key or ",".join(default_key(importer, wanted.mapping)),
        "mode": wanted.mode or default_mode(user, importer),
        "on_error": wanted.on_error,
        "blank": wanted.blank,
        "options": {**default_options(importer), **(wanted.options or {})},
    }
