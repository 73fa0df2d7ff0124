"""What may go wrong with a job, in words for its owner."""


class JobError(Exception):
    """This job cannot succeed, however often it is tried. `str(error)` is for its owner."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
