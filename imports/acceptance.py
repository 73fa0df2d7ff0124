"""What of a request is acceptable: one plan, the same at the upload, the check and the run."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from imports.errors import InvalidRequest
from imports.fields import Field
from imports.importers import Importer, keys_of
from imports.mapping import check_mapping, column_names, mappable_fields
from imports.models import Blank, ImportJob, OnError
from imports.permissions import User, check_may_import, modes_for
from imports.registry import UnknownImporter, find_importer
from imports.requests import Mapped, MappingRequest


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a file means, after every rule has been asked."""

    importer: type[Importer]
    header: tuple[str, ...]
    mapping: dict[str, str | None]
    values: dict[str, dict[str, str]]
    fields: tuple[Field, ...]  # those that are mapped
    key: tuple[str, ...]
    mode: str
    on_error: str
    blank: str
    options: dict[str, str]

    def columns(self) -> dict[str, object]:
        """What the job's row keeps of it."""
        return {
            "importer": self.importer.name,
            "mapping": self.mapping,
            "values": self.values,
            "key": ",".join(self.key),
            "mode": self.mode,
            "on_error": self.on_error,
            "blank": self.blank,
            "options": self.options,
        }


def importer_named(name: str) -> type[Importer]:
    """Raises InvalidRequest, which names the valid ones."""
    try:
        return find_importer(name)
    except UnknownImporter as error:
        raise InvalidRequest({"importer": [str(error)]}) from error


def plan_again(user: User, job: ImportJob) -> Plan:
    """The plan that is stored in the job. Raises NotAllowed and InvalidRequest."""
    return make_plan(user, importer_named(job.importer), job.header, request_of(job))


def request_of(job: ImportJob) -> MappingRequest:
    return MappingRequest(
        mapping=job.mapping,
        values=job.values,
        key=job.key,
        mode=job.mode,
        on_error=job.on_error,
        blank=job.blank,
        options=job.options,
    )


def overlay(job: ImportJob, request: MappingRequest) -> MappingRequest:
    """The request, with what it leaves open taken from the job."""
    kept = request_of(job)
    given = {name: value for name, value in vars(request).items() if value is not None}
    return replace(kept, **given)


def make_plan(
    user: User, importer: type[Importer], header: Sequence[str], request: MappingRequest
) -> Plan:
    """Everything that is wrong is said at once. Raises NotAllowed and InvalidRequest."""
    mode = request.mode or default_mode(user, importer)
    known = mappable_fields(importer, header)
    mapping = {name: request.mapping.get(name) or None for name in column_names(header)}
    fields = tuple(known[name] for name in mapping.values() if name in known)
    key = _split(request.key) if request.key else default_key(importer, mapping)
    errors = dict(_faults(importer, request, mode, key, header))
    check_may_import(user, importer, mode if "mode" not in errors else "", fields)
    if errors:
        raise InvalidRequest(errors)
    return Plan(
        importer=importer,
        header=tuple(header),
        mapping=mapping,
        values={name: dict(meant) for name, meant in (request.values or {}).items()},
        fields=fields,
        key=key,
        mode=mode,
        on_error=request.on_error or OnError.SKIP,
        blank=request.blank or Blank.IGNORE,
        options={**default_options(importer), **(request.options or {})},
    )


def default_mode(user: User, importer: type[Importer]) -> str:
    """The first mode that the person may use. Raises NotAllowed when there is none."""
    check_may_import(user, importer)
    return modes_for(user, importer)[0]


def default_key(importer: type[Importer], mapping: Mapped) -> tuple[str, ...]:
    """The first key that the file fills, else the importer's first, else none."""
    filled = set(mapping.values())
    own = {field.name for field in importer.fields}
    keys = keys_of(importer)
    complete = (key for key in keys if all(name in filled or name not in own for name in key))
    return next(complete, keys[0] if keys else ())


def default_options(importer: type[Importer]) -> dict[str, str]:
    return {choice.name: choice.choices[0][0] for choice in importer.choices}


def _faults(
    importer: type[Importer],
    request: MappingRequest,
    mode: str,
    key: tuple[str, ...],
    header: Sequence[str],
) -> Iterator[tuple[str, list[str]]]:
    """What is wrong, by field of the request."""
    own = [name for name in key if name in {field.name for field in importer.fields}]
    found = {
        "mode": _unknown([mode], importer.modes),
        "key": _key_faults(importer, key),
        "mapping": check_mapping(importer, header, request.mapping, mode=mode, key=own),
        "values": _unknown(request.values or {}, mappable_fields(importer, header)),
        "on_error": _unknown([request.on_error or OnError.SKIP], OnError.values),
        "blank": _unknown([request.blank or Blank.IGNORE], Blank.values),
        "options": _option_faults(importer, request.options or {}),
    }
    yield from ((name, faults) for name, faults in found.items() if faults)


def _key_faults(importer: type[Importer], key: tuple[str, ...]) -> list[str]:
    keys = keys_of(importer)
    return [] if not key and not keys else _unknown([",".join(key)], [",".join(k) for k in keys])


def _option_faults(importer: type[Importer], options: Mapping[str, str]) -> list[str]:
    known = {
        choice.name: [value for value, _label in choice.choices] for choice in importer.choices
    }
    faults = _unknown(options, known)
    for name, value in options.items():
        faults += _unknown([value], known.get(name, [value]))
    return faults


def _unknown(given: Iterable[str], known: Iterable[str]) -> list[str]:
    """A sentence for each word that is none of the known ones."""
    words = list(known)
    valid = ", ".join(words) or _("none")
    return [
        _("There is no “%(word)s” here. There are: %(valid)s.") % {"word": word, "valid": valid}
        for word in given
        if word not in words
    ]


def _split(key: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in key.split(","))
