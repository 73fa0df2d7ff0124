"""The importers there are, by name. Each app's `importers` module fills it at start-up."""

from collections.abc import Iterator

from imports.importers import Importer

_importers: dict[str, type[Importer]] = {}


class UnknownImporter(LookupError):
    """There is no importer of that name."""


def register(importer: type[Importer]) -> type[Importer]:
    """Class decorator: make an importer known. A second importer of one name is refused."""
    known = _importers.get(importer.name)
    if known is not None and known is not importer:
        raise ValueError(f"Two importers are named “{importer.name}”: {known}, {importer}.")
    _importers[importer.name] = importer
    return importer


def unregister(name: str) -> None:
    _importers.pop(name, None)


def all_importers() -> Iterator[type[Importer]]:
    yield from _importers.values()


def find_importer(name: str) -> type[Importer]:
    """The importer of that name. Raises UnknownImporter, which names the valid ones."""
    try:
        return _importers[name]
    except KeyError:
        names = ", ".join(sorted(_importers)) or "none is registered"
        raise UnknownImporter(f"There is no importer “{name}”. There are: {names}.") from None
