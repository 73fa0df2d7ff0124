"""What a file is, told from its first bytes and held against its name."""

from pathlib import PurePath

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from imports.problems import FileRefused

TEXT, ZIP, GZIP = "text", "zip", "gzip"
LOOKED_AT = 8192  # bytes
TEXT_NAMES = (".csv", ".tsv", ".txt", ".tab")
WORKBOOK_NAMES = (".xlsx",)

SAVE_AS = gettext_noop("Save the table as .xlsx or CSV and upload that.")
REFUSED = {
    "ole": gettext_noop(
        "This is a workbook of an old Excel (.xls), or one protected by a password. Open it in "
        "Excel, take the password off, save it as an Excel workbook (.xlsx) and upload that."
    ),
    "ods": gettext_noop(
        "This is an OpenDocument file (.ods). Save it as an Excel workbook (.xlsx) or CSV and "
        "upload that."
    ),
    "xlsb": gettext_noop(
        "This is a binary workbook (.xlsb). Save it as an Excel workbook (.xlsx) or as CSV and "
        "upload that."
    ),
    "xlsm": gettext_noop(
        "This is a workbook with macros, which are not taken. Save it as an Excel workbook "
        "without macros (.xlsx) and upload that."
    ),
    "office": gettext_noop("This is a document, not a table. Save its table as .xlsx or CSV."),
    "pdf": gettext_noop("This is a PDF, which has no cells. Upload the table as .xlsx or CSV."),
    "image": gettext_noop(
        "This is a picture, which has no cells. Upload the table as .xlsx or CSV."
    ),
    "archive": gettext_noop(
        "This archive is not read. Pack the file as .zip or .gz, or not at all."
    ),
    "html": gettext_noop(
        "This is a web page, whatever its name says. Open it in Excel and save it as .xlsx or CSV."
    ),
    "xml": gettext_noop("This is an XML file. Save the table as .xlsx or CSV and upload that."),
    "json": gettext_noop("This is a JSON file. Save the table as .xlsx or CSV and upload that."),
    "rtf": gettext_noop("This is a document, not a table. Save its table as .xlsx or CSV."),
    "program": gettext_noop("This is a program, not a table. Upload a table as .xlsx or CSV."),
    "binary": gettext_noop(
        "This is not a text and not a workbook. Save the table as .xlsx or CSV."
    ),
}
BEGINNINGS = (
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"\x1f\x8b", GZIP),
    (b"\xd0\xcf\x11\xe0", "ole"),
    (b"%PDF", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"RIFF", "image"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"Rar!", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"\x28\xb5\x2f\xfd", "archive"),
    (b"\x7fELF", "program"),
    (b"MZ\x90", "program"),
    (b"{\\rtf", "rtf"),
    (b"SQLite format 3", "binary"),
)
MARKUP = (
    (b"<!doctype html", "html"),
    (b"<html", "html"),
    (b"<table", "html"),
    (b"<?xml", "xml"),
    (b'{"', "json"),
    (b"[{", "json"),
)


def kind_of(beginning: bytes) -> str:
    """TEXT, ZIP, GZIP or a key of REFUSED."""
    for mark, kind in BEGINNINGS:
        if beginning.startswith(mark):
            return kind
    start = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()[:20].lower()
    for mark, kind in MARKUP:
        if start.startswith(mark):
            return kind
    return TEXT


def refuse_kind(kind: str) -> None:
    """Raises FileRefused for what is neither text, workbook nor an archive of one."""
    if kind in REFUSED:
        raise FileRefused("unsupported_type", _(REFUSED[kind]))


def kind_of_archive(names: set[str]) -> str:
    """What a zip file really is, by the names in it: "xlsx", ZIP or a key of REFUSED."""
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "xl/vbaproject.bin" in names:
        return "xlsm"
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "mimetype" in names and "content.xml" in names:
        return "ods"
    if "[content_types].xml" in names:
        is_other = any(name.startswith(("word/", "ppt/", "visio/")) for name in names)
        return "office" if is_other else "xlsx"
    return ZIP


def check_name(name: str, kind: str) -> None:
    """Refuse a file whose name promises something else. `kind` is "csv" or "xlsx"."""
    ending = PurePath(name).suffix.lower()
    ours = WORKBOOK_NAMES if kind == "xlsx" else TEXT_NAMES
    if not ending or ending in ours:
        return
    facts = {"name": name[:100], "ending": ending[:20]}
    if kind == "xlsx" and ending in TEXT_NAMES:
        text = _("“%(name)s” is an Excel workbook, not a text. Rename it to .xlsx and upload that.")
    elif kind == "xlsx":
        text = _("“%(name)s” is an Excel workbook. Rename it to .xlsx and upload that.")
    elif ending in WORKBOOK_NAMES:
        text = _("“%(name)s” is no Excel workbook. If it is a table in text, rename it to .csv.")
    elif ending in (".xls", ".xlsb", ".xlsm", ".ods"):
        text = _("“%(name)s” is no workbook. If it is a table in text, rename it to .csv.")
    else:
        text = _(
            "Files that end in %(ending)s are not read. Taken are .csv, .tsv, .txt and .xlsx, each "
            "also packed as .gz or .zip. If it is a table in text, rename it to .csv."
        )
    raise FileRefused("wrong_type", text % facts)
