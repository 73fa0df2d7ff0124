"""What is said to a person whose file is refused: what is wrong, where, and what to do."""

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from imports.problems import FileRefused
from imports.readers.unreadable import Unreadable

SENTENCES = {
    # Archives
    "damaged_archive": gettext_noop(
        "The file is damaged or was not uploaded whole. Open it on your computer, save it again "
        "and upload that."
    ),
    "too_many_entries": gettext_noop(
        "The archive holds %(entries)s files; at most %(most)s are looked at. Upload the one "
        "file that is to be imported."
    ),
    "repeated_entry": gettext_noop(
        "The archive holds the same name twice, so it is not clear which file is meant. Pack it "
        "again."
    ),
    "too_big_unpacked": gettext_noop(
        "The file is larger than %(most)s once it is unpacked. Split it into several files."
    ),
    "too_tightly_packed": gettext_noop(
        "The file unpacks to more than %(ratio)s times its size, as harmful files do. Upload it "
        "without packing it; a workbook can be saved as CSV."
    ),
    "path_in_archive": gettext_noop(
        "A name in the archive points outside of it, as in harmful files. Pack the file again, "
        "without folders."
    ),
    "link_in_archive": gettext_noop(
        "The archive holds a link instead of a file. Pack the file itself."
    ),
    "encrypted_archive": gettext_noop(
        "The archive is protected by a password. Pack it again without one."
    ),
    "nested_archive": gettext_noop(
        "There is an archive within the archive: %(entry)s. Upload the file in it."
    ),
    "not_one_file": gettext_noop(
        "The archive holds %(files)s files; it may hold one. Upload the file that is to be "
        "imported."
    ),
    "unknown_compression": gettext_noop(
        "The archive is packed in an unusual way. Pack it again as an ordinary ZIP, or with gzip."
    ),
    "missing_part": gettext_noop(
        "The workbook lacks its part %(part)s. Open it in Excel, save it again as .xlsx and "
        "upload that."
    ),
    "too_big_part": gettext_noop(
        "The workbook's part %(part)s is larger than %(most)s. Copy the cells into a new "
        "workbook and upload that."
    ),
    # Workbooks
    "macro_workbook": gettext_noop(
        "The workbook holds macros, which are not taken. Save it as an Excel workbook without "
        "macros (.xlsx)."
    ),
    "binary_workbook": gettext_noop(
        "This is a binary workbook (.xlsb). Save it as an Excel workbook (.xlsx) or as CSV."
    ),
    "not_a_workbook": gettext_noop(
        "This is not an Excel workbook. Save the table as .xlsx or CSV and upload that."
    ),
    "no_such_sheet": gettext_noop(
        "The workbook has no sheet “%(sheet)s”. It has: %(sheets)s. Choose one of them."
    ),
    "empty_workbook": gettext_noop(
        "No visible sheet of the workbook has anything in it. Show the sheet that is meant, or "
        "choose it by its name."
    ),
    "unsafe_xml": gettext_noop(
        "The workbook holds XML that only harmful files have. Copy the cells into a new workbook "
        "and upload that."
    ),
    "damaged_xml": gettext_noop(
        "The workbook's part %(part)s is damaged. Open the workbook in Excel, let it repair the "
        "file, save it and upload that."
    ),
    "missing_text": gettext_noop(
        "A cell names text number %(index)s, which the workbook does not have. Open it in Excel, "
        "save it again and upload that."
    ),
    "too_long_text": gettext_noop(
        "A cell holds more than %(most)s characters; Excel allows 32,767. Shorten it."
    ),
    "too_big_row": gettext_noop(
        "Row %(row)s of the sheet is too large to be read. Check that the file is a table."
    ),
    "too_wide_sheet": gettext_noop(
        "Cell %(cell)s has something in it, but at most %(most)s columns are read. Delete what "
        "is far to the right, or split the sheet."
    ),
    "too_many_rows": gettext_noop(
        "The sheet has a row %(row)s; Excel allows %(most)s. Save the table as CSV."
    ),
    "rows_out_of_order": gettext_noop(
        "Row %(row)s of the sheet comes after row %(before)s. Open the workbook in Excel, save "
        "it again and upload that."
    ),
    "cells_out_of_order": gettext_noop(
        "The cells of row %(row)s are not in order. Open the workbook in Excel, save it again "
        "and upload that."
    ),
    "no_rows_read": gettext_noop(
        "Sheet “%(sheet)s” says that it has rows, but none could be read. Open the workbook in "
        "Excel, save it again as .xlsx, or save the sheet as CSV."
    ),
    # The process that reads workbooks
    "too_much_memory": gettext_noop(
        "Reading the workbook takes more than the %(most)s of memory that it may. Save the sheet "
        "as CSV, which has no such limit, or split it."
    ),
    "too_slow": gettext_noop(
        "Reading the workbook takes longer than the %(seconds)s seconds that it may. Save the "
        "sheet as CSV, which is faster, or split it."
    ),
    "reader_died": gettext_noop(
        "Reading the workbook broke off (%(how)s), and nothing after that could be read. Try it "
        "again; if it happens again, save the sheet as CSV."
    ),
}
BYTES = {"too_big_unpacked", "too_big_part", "too_much_memory"}  # whose `most` is a size


def refuse(refusal: Unreadable) -> FileRefused:
    """The refusal as an admin reads it."""
    facts = dict(refusal.facts)
    if refusal.code in BYTES:
        facts["most"] = filesizeformat(facts["most"]).replace("\xa0", " ")
    return FileRefused(refusal.code, _(SENTENCES[refusal.code]) % facts)
