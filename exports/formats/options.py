"""What a person asked of a format, checked and completed."""

from collections.abc import Mapping

from exports.formats.base import Format, Option
from exports.formats.errors import InvalidOption

WORDS = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0", ""), False),
}


def read_options(format: Format, given: Mapping[str, object]) -> dict[str, object]:
    """Every option of the format with its value: the given one, made its type, or the default.

    None counts as not given. `InvalidOption` carries a sentence for the person who asked.
    """
    known = {option.name: option for option in format.options}
    for name in given:
        if name not in known:
            raise InvalidOption(f'{format.label} has no option "{name}". {_offer(format)}')
    return {
        name: option.default if given.get(name) is None else _read(format, option, given[name])
        for name, option in known.items()
    }


def _offer(format: Format) -> str:
    if not format.options:
        return "It has no options."
    return f"Valid options: {', '.join(option.name for option in format.options)}."


def _read(format: Format, option: Option, value: object) -> bool | int | str:
    if isinstance(option.default, bool):
        found = _read_bool(value)
    elif isinstance(option.default, int):
        found = _read_int(option, value)
    else:
        found = _read_text(option, value)
    if found is None:
        raise InvalidOption(
            f'Option "{option.name}" of {format.label} cannot be {value!r}. '
            f"Valid values: {_values(option)}."
        )
    return found


def _read_bool(value: object) -> bool | int | str | None:
    return WORDS.get(str(value).strip().lower())


def _read_int(option: Option, value: object) -> bool | int | str | None:
    try:
        number = None if isinstance(value, bool) else int(str(value).strip())
    except ValueError:
        return None
    if number is None or option.limits is None:
        return number
    least, greatest = option.limits
    return number if least <= number <= greatest else None


def _read_text(option: Option, value: object) -> bool | int | str | None:
    text = dict(option.aliases).get(str(value), str(value))
    if option.choices and text not in dict(option.choices):
        return None
    return text


def _values(option: Option) -> str:
    if isinstance(option.default, bool):
        return "true, false"
    if isinstance(option.default, int):
        return "a whole number" + (" from {} to {}".format(*option.limits) if option.limits else "")
    return ", ".join(f'"{value}"' for value, _ in option.choices)
