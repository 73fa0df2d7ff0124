"""What somebody asks for, as a value that can be kept and sent on."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class ExportRequest:
    """What somebody asks for, not yet checked."""

    resource: str
    format: str = "csv"
    columns: Sequence[str] = ()  # names in order; none means the default ones
    filters: Mapping[str, Any] = field(default_factory=dict)  # name -> value or list of values
    sort_by: str = ""  # a sort field; "" means the resource's own order
    sort_descending: bool | None = None
    limit: int | None = None
    options: Mapping[str, object] = field(default_factory=dict)  # of the format
    headers: Mapping[str, str] = field(default_factory=dict)  # column name -> heading in the file
    include_contact_info: bool = False
    email_notification: bool = False
    # Of an archive or a workbook: what goes in beside these rows, and what belongs to them.
    also: "tuple[ExportRequest, ...]" = ()
    # Or everything that it holds, these rows only if they are among it.
    parts: "tuple[ExportRequest, ...]" = ()

    def kept_parts(self) -> list[dict[str, Any]]:
        """The parts as JSON."""
        return [asdict(part) for part in self.parts]

    def kept_also(self) -> list[dict[str, Any]]:
        """What goes in beside the rows, as JSON."""
        return [asdict(part) for part in self.also]


def read_parts(kept: Sequence[Mapping[str, Any]]) -> tuple[ExportRequest, ...]:
    """Parts that were kept as JSON."""
    return tuple(ExportRequest(**{**part, "parts": (), "also": ()}) for part in kept)
