"""The resources there are, by name. Each app's `export_resources` module fills it at start-up."""

from collections.abc import Iterator

from exports.resources import ExportResource

_resources: dict[str, type[ExportResource]] = {}


class UnknownResource(LookupError):
    """There is no resource of that name."""


def register(resource: type[ExportResource]) -> type[ExportResource]:
    """Class decorator: make a resource known. A second resource of one name is refused."""
    known = _resources.get(resource.name)
    if known is not None and known is not resource:
        raise ValueError(f"Two export resources are named “{resource.name}”: {known}, {resource}.")
    _resources[resource.name] = resource
    return resource


def unregister(name: str) -> None:
    _resources.pop(name, None)


def all_resources() -> Iterator[type[ExportResource]]:
    yield from _resources.values()


def find_resource(name: str) -> type[ExportResource]:
    """The resource of that name. Raises UnknownResource, which names the valid ones."""
    try:
        return _resources[name]
    except KeyError:
        names = ", ".join(sorted(_resources)) or "none is registered"
        raise UnknownResource(f"There is no resource “{name}”. There are: {names}.") from None
