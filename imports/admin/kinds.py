"""What is wrong, after the column's name: "*Date* is not a date". Codes not listed speak for
themselves: then the message of the first row stands there."""

from django.utils.translation import gettext_lazy as _

PHRASES = {
    "not_a_date": _("is not a date"),
    "short_year": _("has a year without its four digits"),
    "ambiguous_date": _("is a date that can be two days"),
    "has_time": _("has a time of day beside the date"),
    "no_time": _("lacks the time of day"),
    "not_a_time": _("is not a time of day"),
    "has_date": _("has a date beside the time"),
    "no_such_time": _("is a time that the clocks skipped"),
    "time_came_twice": _("is a time that came twice"),
    "not_a_duration": _("is not a span of time"),
    "not_a_number": _("is not a number"),
    "not_whole": _("is not a whole number"),
    "too_many_decimals": _("has too many decimals"),
    "out_of_range": _("is out of range"),
    "not_yes_or_no": _("is neither yes nor no"),
    "unknown_choice": _("is none of the known values"),
    "unknown_record": _("names something that does not exist"),
    "several_records": _("names several records"),
    "too_long": _("is too long"),
    "control_character": _("has a character that cannot be read"),
    "digits_lost": _("has lost digits in a spreadsheet"),
    "error_value": _("holds a formula that failed"),
    "may_not_be_empty": _("may not be empty"),
    "required_for_new": _("is empty, and a new record needs it"),
    "not_an_email": _("is not an e-mail address"),
    "not_a_url": _("is not a web address"),
    "not_an_ip": _("is not an IP address"),
    "not_a_mac": _("is not a MAC address"),
    "not_a_uuid": _("is not a UUID"),
    "not_unique": _("is taken already"),
    "duplicate": _("names a record that exists already"),
    "not_found": _("names a record that does not exist"),
    "duplicate_in_file": _("is about the same record as an earlier row"),
    "repeated": _("is about the same record as an earlier row; the later one counts"),
    "ambiguous_key": _("fits several records"),
}


def phrase_of(code: str) -> str:
    """ "" for what has no phrase."""
    return str(PHRASES.get(code, ""))
