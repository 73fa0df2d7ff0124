"""Request bodies: JSON that any database could hold."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class StrictJSONParser(JSONParser):
    """As DRF's, which would answer 500 to some of what is refused here."""

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            parsed: Any = super().parse(stream, media_type, parser_context)
            text = json.dumps(parsed, ensure_ascii=False)
            text.encode()
        except RecursionError:
            raise ParseError(_("The JSON is nested too deeply.")) from None
        except UnicodeEncodeError:
            raise ParseError(_("The JSON has half a character (a lone surrogate).")) from None
        if "\\u0000" in text and has_nul(parsed):
            raise ParseError(_("The JSON has a NUL character, which no database holds."))
        return parsed


def has_nul(value: Any) -> bool:
    if isinstance(value, dict):
        return any("\0" in key or has_nul(inner) for key, inner in value.items())
    if isinstance(value, list):
        return any(map(has_nul, value))
    return isinstance(value, str) and "\0" in value
