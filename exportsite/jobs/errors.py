"""What may go wrong with a job, in words for its owner."""


class JobError(Exception):
    """This job cannot succeed, however often it is tried. `str(error)` is for its owner."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Obstacle(Exception):
    """This attempt could not go on; a later one may. `str(error)` is for the job's owner."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
