"""What every benchmark can be told."""

import argparse
from pathlib import Path

from benchmarks.report import RESULTS


def make_parser(description: str | None, *, rows: int) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=rows)
    parser.add_argument("--repeat", type=int, default=3, help="rounds; each runs everything once")
    parser.add_argument("--database-url", default="", help="an empty database; default: SQLite")
    parser.add_argument("--output", type=Path, default=RESULTS)
    return parser


def add_peers(parser: argparse.ArgumentParser, *, slow_rows: int) -> None:
    parser.add_argument(
        "--slow-rows", type=int, default=slow_rows, help="rows that slow peers get, at most"
    )
    parser.add_argument("--skip-slow", action="store_true", help="leave slow peers out")
    parser.add_argument("--only", default="", help="ours, and peers whose names hold this")


def names(text: str) -> list[str]:
    """Of an argument with commas."""
    return [name.strip() for name in text.split(",") if name.strip()]
