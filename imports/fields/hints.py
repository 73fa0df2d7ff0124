"""What a field takes, in a sentence for templates and pages."""

from django.utils.translation import gettext as _

from imports.fields.base import Field, named
from imports.fields.choices import Choice
from imports.fields.dates import Date
from imports.fields.moments import DateTime
from imports.fields.nested import List
from imports.fields.numbers import Integer, Money, Number
from imports.fields.relations import Lookup


def hint(field: Field) -> str:
    """A sentence or two on what the field takes."""
    if isinstance(field, Choice):
        return _("One of %(labels)s.") % {"labels": named([str(o[1]) for o in field.options()])}
    if isinstance(field, Number | Integer):
        return _number(field)
    if isinstance(field, Date | DateTime):
        return _date(field)
    if isinstance(field, List):
        return _("Several texts with “%(sign)s” between them.") % {"sign": field.separator}
    if isinstance(field, Lookup):
        return _lookup(field)
    most = getattr(field, "max_length", None)
    if field.type == "text" and most:
        return _("Text of up to %(most)d characters.") % {"most": most}
    return _TYPES[field.type]()


_TYPES = {
    "text": lambda: _("Text."),
    "boolean": lambda: _("yes or no."),
    "time": lambda: _("A time of day, such as 14:30 or 02:30 PM."),
    "duration": lambda: _("A span of time, such as 02:30:00."),
    "email": lambda: _("An e-mail address."),
    "url": lambda: _("A web address with https://."),
    "ip": lambda: _("An IP address."),
    "mac": lambda: _("A MAC address."),
    "uuid": lambda: _("A UUID."),
    "json": lambda: _("JSON."),
}


def _number(field: Number | Integer) -> str:
    if isinstance(field, Integer):
        text = _("A whole number.")
    elif isinstance(field, Money):
        text = _("An amount, such as 9.00 or $1,234.50; below zero -9.11 or ($9.11).")
    elif field.places:
        text = _("A number with up to %(places)d decimals.") % {"places": field.places}
    else:
        text = _("A number.")
    return text + (" " + _("Decimals stand after a comma.") if field.decimal_comma else "")


def _date(field: Date | DateTime) -> str:
    text = _("A date and time.") if isinstance(field, DateTime) else _("A date.")
    if field.day_first is None:
        return text + " " + _("Write the year first.")
    order = _("The day comes first.") if field.day_first else _("The month comes first.")
    return f"{text} {order}"


def _lookup(field: Lookup) -> str:
    model = field.model
    text = _("The %(model)s by its %(keys)s.") % {
        "model": model._meta.verbose_name if model else field.name,
        "keys": _(" or ").join(_key_words(key) for key in field.by),
    }
    return text + (" " + _("It is added if it does not exist.") if field.create else "")


def _key_words(path: str) -> str:
    return _("number") if path == "pk" else path.replace("__", " ").replace("_", " ")
