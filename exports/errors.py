"""What may be wrong with a request for an export. Each text is for the person who asked."""

from collections.abc import Mapping, Sequence


class InvalidRequest(Exception):
    """The request cannot be accepted. `errors` maps a field, or "detail", to its messages."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        self.errors = {field: list(messages) for field, messages in errors.items()}
        super().__init__(" ".join(text for texts in self.errors.values() for text in texts))


class TooMany(Exception):
    """The person has asked for as many exports as a minute allows."""

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after  # seconds


class NotAllowed(Exception):
    """The person may not do this."""


class WrongState(Exception):
    """The export is not in a status in which this can be done."""
