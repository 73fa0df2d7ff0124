"""What may be wrong with an upload or a wish. Each text is for the person who asked."""

from collections.abc import Mapping, Sequence


class InvalidRequest(Exception):
    """It cannot be accepted. `errors` maps a field, or "detail", to its messages."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        self.errors = {field: list(messages) for field, messages in errors.items()}
        super().__init__(" ".join(text for texts in self.errors.values() for text in texts))


class TooLarge(InvalidRequest):
    """The file is larger than files may be."""


class NotAllowed(Exception):
    """The person may not do this."""


class WrongState(Exception):
    """The import is not in a status in which this can be done."""
