"""What the rules say of many tolls at once is what they say of one after the other."""

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from exportsite.domains.taxi.toll_importer import TollImporter
from imports.importers import Importer, Run
from imports.readers.base import RawRow
from imports.validation import RowReader, compile_rows

HEADER = ("Id", "Tag", "Agency", "Exit", "Class", "Date", "Time", "Amount")
FIELDS = ("transaction_id", "tag_or_plate", "agency", "exit_plaza", "ezpass_class", "date", "time",
          "amount")  # fmt: skip
ROWS = st.lists(
    st.tuples(
        st.sampled_from(("1", "33068397029", "", "3.30684E+10")),
        st.sampled_from(("NY Y207163C", "")),
        st.sampled_from(("MTAB&T", "", "NYSTA")),
        st.sampled_from(("RKB", "CRZ", "ny-crz-1", "", "a\nb", "ß")),
        st.sampled_from(("31", "PAYMENT", "Tag Leasing Fee", "")),
        # Clocks went forward and back on the second and third of these.
        st.sampled_from(("11/19/2025", "03/09/2025", "11/02/2025", "", "19/11/2025", "01/01/1000")),
        st.sampled_from(("02:44:33 PM", "02:30:00 AM", "01:30:00", "", "25:00", "0.5")),
        st.sampled_from(("($9.11)", "$3.00", "0", "", "free")),
    ),
    max_size=12,
)


class OneByOne(TollImporter):
    check_columns = Importer.check_columns


def reader(importer: type[Importer], fields: tuple[str, ...]) -> RowReader:
    return compile_rows(
        importer,
        header=HEADER,
        mapping=dict(zip(HEADER, fields, strict=True)),
        values={},
        run=Run(job_id=UUID(int=1), user_id=1, filename="tolls.csv"),
        time_zone="UTC",
    )


def said(
    importer: type[Importer], fields: tuple[str, ...], rows: list[tuple[str, ...]]
) -> list[str]:
    raw = [RawRow(number, cells) for number, cells in enumerate(rows, 2)]
    return [
        repr((p.row, [sorted(record.items()) for record in p.records], p.problems, p.skipped))
        for p in reader(importer, fields).each(raw)
    ]


@given(
    rows=ROWS, left_out=st.sampled_from((None, "agency", "date", "time", "amount", "exit_plaza"))
)
@settings(max_examples=400)
def test_many_tolls_are_judged_as_each_alone(
    rows: list[tuple[str, ...]], left_out: str | None
) -> None:
    fields = tuple("" if name == left_out else name for name in FIELDS)
    assert said(TollImporter, fields, rows) == said(OneByOne, fields, rows)


def test_plain_tolls_are_not_judged_singly() -> None:
    row = ("1", "NY Y207163C", "MTAB&T", "RKB", "31", "11/19/2025", "02:44:33 PM", "($9.11)")
    parsed = list(reader(TollImporter, FIELDS).each([RawRow(2, row), RawRow(3, row)]))
    assert [one.block is not None for one in parsed] == [True, True]
