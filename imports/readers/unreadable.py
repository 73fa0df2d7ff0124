"""Why a file is not read, before it is a sentence: the child process has no translations."""


class Unreadable(Exception):
    """The file is refused. `code` names a sentence of `sentences.py`, `facts` fill it."""

    def __init__(self, code: str, **facts: str | int) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts
