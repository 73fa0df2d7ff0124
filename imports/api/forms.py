"""Forms with a file (multipart): one value for each name, JSON where a text is not enough."""

import io
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ParseError, ValidationError

from exportsite.api.inputs import Body, read_body
from exportsite.api.parsing import StrictJSONParser


@extend_schema_field(OpenApiTypes.BINARY)
class Upload(serializers.FileField):
    """A file. Whether it is a good one says `intake`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_empty_file=True, **options)


@extend_schema_field({"type": "string", "contentMediaType": "application/json"})
class JsonText(serializers.Field[Any, Any, Any, Any]):
    """JSON as the text of a form's field."""

    def __init__(self, *, of: "serializers.Field[Any, Any, Any, Any]", **options: Any) -> None:
        super().__init__(**options)
        self.of = of

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            raise ValidationError(_("This is a file; a text is meant."))
        try:
            read = StrictJSONParser().parse(io.BytesIO(data.encode()))
        except ParseError as error:
            raise ValidationError(str(error.detail)) from None
        return self.of.run_validation(read)


def read_form(kind: type[Body], form: Any) -> dict[str, Any]:
    """The values of a form; a field that is left empty is as good as none.

    Raises ValidationError with every fault.
    """
    if not isinstance(form, QueryDict):
        raise ValidationError(_("The request has no form."))
    given = {name: form[name] for name in form}
    told = {n: v for n, v in given.items() if v != "" or n not in kind._declared_fields}
    twice = {name: len(form.getlist(name)) for name in form if len(form.getlist(name)) > 1}
    if twice:
        text = _("This is given %d times; once is meant.")
        raise ValidationError({name: [text % count] for name, count in twice.items()})
    return read_body(kind, told)
