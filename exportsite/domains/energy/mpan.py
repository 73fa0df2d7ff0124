"""Supply numbers of electricity meters. Many real files use other ids, so this only informs."""

CORE_DIGITS = 13
FULL_DIGITS = 21  # profile class, time switch and loss factor in front of the core
WEIGHTS = (3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43)  # primes; 11 is left out


def check_digit(digits: str) -> int:
    """The last digit of a core, from the twelve before it."""
    if len(digits) != len(WEIGHTS) or not (digits.isascii() and digits.isdecimal()):
        raise ValueError(f"twelve digits are wanted, not {digits!r}")
    total = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True))
    return total % 11 % 10


def is_valid_mpan(text: str) -> bool:
    """Whether it is a core, or a full supply number, with the right check digit."""
    core = text[-CORE_DIGITS:]
    if len(text) not in (CORE_DIGITS, FULL_DIGITS) or not (core.isascii() and core.isdecimal()):
        return False
    return check_digit(core[:-1]) == int(core[-1])
