"""Text that a spreadsheet would take for a formula gets an apostrophe, and loses it again.

https://owasp.org/www-community/attacks/CSV_Injection
"""

import re

INVISIBLE = "\x00\ufeff\u200b\xa0 "
TRIGGER = re.compile(f"'*[{INVISIBLE}]*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?%?")


def guarded(text: str) -> str:
    """A number stays as it is. What has apostrophes gets one more, so that none is lost."""
    if TRIGGER.match(text) is None or NUMBER.fullmatch(text):
        return text
    return f"'{text}"


def bare(text: str) -> str:
    """The text that was guarded."""
    return text[1:] if text.startswith("'") and TRIGGER.match(text) else text
