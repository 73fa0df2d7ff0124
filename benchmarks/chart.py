"""Bars as SVG, for people who look before they read."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

BAR, HEIGHT, LABELS = 420, 22, 330  # pixels of the longest bar, of a line, of the names
OURS, THEIRS = "#2f6f4f", "#9aa5b1"


@dataclass(frozen=True, kw_only=True)
class Bar:
    label: str
    value: float
    is_ours: bool


def svg(bars: Sequence[Bar], unit: str) -> str:
    longest = max(bar.value for bar in bars)
    size = f'width="{LABELS + BAR + 100}" height="{HEIGHT * len(bars) + 8}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    for number, bar in enumerate(bars):
        lines += _line(bar, number * HEIGHT + 4, max(1, round(BAR * bar.value / longest)), unit)
    return "\n".join([*lines, "</svg>\n"])


def _line(bar: Bar, top: int, width: int, unit: str) -> list[str]:
    colour = OURS if bar.is_ours else THEIRS
    label = escape(bar.label)
    return [
        f'<text x="{LABELS - 6}" y="{top + 14}" text-anchor="end">{label}</text>',
        f'<rect x="{LABELS}" y="{top + 2}" width="{width}" height="16" fill="{colour}"/>',
        f'<text x="{LABELS + width + 6}" y="{top + 14}">{bar.value:,.0f}{unit}</text>',
    ]
