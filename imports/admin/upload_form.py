"""The upload page's form: what it offers, and the request that it becomes. No rules: see `intake`.

Mode, key and options stand once for each importer; only those of the chosen one are sent, or those
of none, which are then found out or left for the mapping page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.http import HttpRequest, QueryDict
from django.utils.text import capfirst

from imports.importers import Importer, fields_of, keys_of, label_of
from imports.models import Blank, Mode
from imports.permissions import User, importers_for, modes_for
from imports.requests import UploadRequest

Errors = Mapping[str, Sequence[str]]

OPTION = "option_"  # and the option's name


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One value of a choice."""

    value: str
    label: str
    is_chosen: bool = False


@dataclass(frozen=True, kw_only=True)
class OptionOffer:
    name: str
    label: str
    help: str
    offers: Sequence[Offer]


@dataclass(frozen=True, kw_only=True)
class ImporterOffer:
    """One importer with its own switches."""

    name: str
    label: str
    help: str
    is_chosen: bool
    modes: Sequence[Offer]
    keys: Sequence[Offer]
    options: Sequence[OptionOffer]


def describe(request: HttpRequest, errors: Errors) -> dict[str, Any]:
    """What the page shows; after a refusal with what was said before."""
    said = request.POST if request.method == "POST" else request.GET
    wanted = request.GET.getlist("importer")  # several: those of one model
    offered = [
        importer
        for importer in importers_for(request.user)
        if not wanted or importer.name in wanted
    ]
    chosen = said.get("importer", "") if len(said.getlist("importer")) == 1 else ""
    offers = sorted(
        (_offer(request.user, importer, said, chosen) for importer in offered),
        key=lambda offer: offer.label,
    )
    return {
        "offers": offers,
        "chosen": chosen,
        "blanks": choices(Blank.choices, said.get("blank", Blank.IGNORE)),
        "said": said,
        "errors": errors,
        "most_bytes": settings.IMPORT_MAX_BYTES,
    }


def _offer(user: User, importer: type[Importer], said: QueryDict, chosen: str) -> ImporterOffer:
    is_chosen = importer.name == chosen
    heeded = said if is_chosen else QueryDict()
    return ImporterOffer(
        name=importer.name,
        label=label_of(importer),
        help=str(importer.help),
        is_chosen=is_chosen,
        modes=mode_offers(user, importer, heeded.get("mode", "")),
        keys=key_offers(importer, heeded.get("key", "")),
        options=option_offers(importer, read_options(heeded)),
    )


def choices(pairs: Sequence[tuple[Any, Any]], chosen: str) -> list[Offer]:
    return [
        Offer(value=str(value), label=str(label), is_chosen=value == chosen)
        for value, label in pairs
    ]


def mode_offers(user: User, importer: type[Importer], chosen: str) -> list[Offer]:
    modes = modes_for(user, importer)
    return choices([(mode, Mode(mode).label) for mode in modes], chosen or (modes or ("",))[0])


def key_offers(importer: type[Importer], chosen: str) -> list[Offer]:
    labels = {field.name: str(field.label) for field in fields_of(importer)}
    keys = [
        (
            ",".join(key),
            " + ".join(capfirst(labels.get(name) or _label(importer, name)) for name in key),
        )
        for key in keys_of(importer)
    ]
    return choices(keys, chosen)


def _label(importer: type[Importer], name: str) -> str:
    """What people call a column of the model."""
    try:
        column = importer.model._meta.get_field(name)
    except FieldDoesNotExist:
        return name
    return str(getattr(column, "verbose_name", name))


def option_offers(importer: type[Importer], chosen: Mapping[str, str]) -> list[OptionOffer]:
    return [
        OptionOffer(
            name=OPTION + choice.name,
            label=str(choice.label),
            help=str(choice.help),
            offers=choices(choice.choices, chosen.get(choice.name, choice.choices[0][0])),
        )
        for choice in importer.choices
    ]


def read_options(data: QueryDict) -> dict[str, str]:
    return {
        name.removeprefix(OPTION): data.get(name, "") for name in data if name.startswith(OPTION)
    }


def read_request(data: QueryDict, filename: str) -> UploadRequest:
    return UploadRequest(
        filename=filename,
        importer=data.get("importer", ""),
        key=data.get("key", ""),
        mode=data.get("mode", ""),
        blank=data.get("blank", "") or Blank.IGNORE,
        options=read_options(data),
        notes=data.get("notes", "").strip(),
        dry_run=bool(data.get("dry_run")),
        email_notification=bool(data.get("email")),
    )
