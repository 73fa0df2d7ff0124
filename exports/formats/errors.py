"""What a person can ask of a format that it cannot do. Messages are shown as they are."""


class UnknownFormat(ValueError):
    """There is no format of this name; the message lists the ones there are."""


class InvalidOption(ValueError):
    """The format has no such option, or the option cannot have this value."""


class TooManyRows(ValueError):
    """The format takes no more than its `max_rows`; the message says how many came."""
