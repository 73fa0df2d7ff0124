"""What a check says is what the run does, and both are what a person would do row by row."""

import os
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exportsite.domains.helpdesk import lookups
from exportsite.domains.helpdesk.models import Asset
from imports.fields import Integer, Lookup, Text
from imports.models import LedgerEntry, Mode
from tests.imports.applying import importer_of, outcomes, parsed, take

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("AGREEMENT_EXAMPLES", "250"))
MOST_MONTHS = 600  # the table's own rule

Record = dict[str, Any]

rows = st.lists(
    st.fixed_dictionaries(
        {"asset_tag": st.sampled_from(["A", "B", "C", "D", "E"])},
        optional={
            "serial_number": st.sampled_from([None, "S1", "S2", "S3", "S4"]),
            "warranty_months": st.sampled_from([None, 12, 24, MOST_MONTHS + 1]),
            "division": st.sampled_from(["Finance", "finance", "Sales", "SALES"]),
            "name": st.sampled_from([None, "", "lap\ttop", "ü"]),
        },
    ),
    max_size=8,
)
held = st.dictionaries(
    st.sampled_from(["A", "B", "C"]),
    st.fixed_dictionaries(
        {
            "warranty_months": st.sampled_from([None, 12]),
            "division": st.just("Finance"),
            "name": st.sampled_from([None, ""]),
        }
    ),
    max_size=3,
)


def importer(on_repeat: str) -> Any:
    return importer_of(
        Asset,
        fields=(
            Text(name="asset_tag", required=True),
            Text(name="serial_number"),
            Integer(name="warranty_months"),
            Text(name="name"),
            Lookup(name="division", by=("name",), create=lambda text: {"name": text}),
        ),
        keys=(("asset_tag",),),
        on_repeat=on_repeat,
    )


@dataclass
class Naive:
    """One row after the other against a dict; no chunk, no SQL, no set."""

    mode: str
    overwrites: bool
    table: dict[str, Record]
    outcomes: list[str] = field(default_factory=list)
    said: dict[str, Record] = field(default_factory=dict)  # tag -> the last row that spoke of it
    owners: dict[str, str] = field(default_factory=dict)  # serial number -> tag

    def take(self, row: Record) -> None:
        self.outcomes.append(self._outcome({**row, **self._division(row)}))

    def _division(self, row: Record) -> Record:
        return {"division": row["division"].capitalize()} if "division" in row else {}

    def _outcome(self, row: Record) -> str:
        tag = row["asset_tag"]
        is_repeat = tag in self.said
        if is_repeat and not self.overwrites:
            return "fail"
        if is_repeat and self.said[tag] == row:
            return "skip"
        self.said[tag] = row
        is_new = tag not in self.table
        if self._is_refused(row, is_new):
            return "fail"
        old = self.table.get(tag, {"serial_number": None, "warranty_months": None, "name": None})
        self.table[tag] = {**old, **{k: v for k, v in row.items() if k != "asset_tag"}}
        if old.get("serial_number"):
            self.owners.setdefault(old["serial_number"], tag)
        if row.get("serial_number"):
            self.owners[row["serial_number"]] = tag
        if is_new:
            return "create"
        return "update" if is_repeat or self.table[tag] != old else "unchanged"

    def _is_refused(self, row: Record, is_new: bool) -> bool:
        if self.mode == (Mode.UPDATE if is_new else Mode.CREATE):
            return True
        if is_new and "division" not in row:
            return True
        owner = self.owners.get(row.get("serial_number") or "", row["asset_tag"])
        return (row.get("warranty_months") or 0) > MOST_MONTHS or owner != row["asset_tag"]


@pytest.fixture
def given_ids(db: None) -> Record:
    model = lookups.AssetModel.objects.create(
        name="ThinkPad",
        manufacturer=lookups.Manufacturer.objects.create(name="Lenovo"),
        asset_type=lookups.AssetType.objects.create(name="Laptop"),
    )
    lookups.AssetStatus.objects.get_or_create(pk=1, defaults={"name": "Ready to deploy"})
    supplier = lookups.Supplier.objects.create(name="Acme")
    return {"model_id": model.pk, "supplier_id": supplier.pk}


def table() -> dict[str, Record]:
    kept = ("serial_number", "warranty_months", "name")
    return {
        asset.asset_tag: {name: getattr(asset, name) for name in kept}
        | {"division": asset.division.name.capitalize()}
        for asset in Asset.objects.select_related("division")
    }


@given(
    file=rows,
    before=held,
    serials=st.permutations([None, "S1", "S2"]),
    mode=st.sampled_from(list(Mode)),
    on_repeat=st.sampled_from(["refuse", "overwrite"]),
    size=st.integers(1, 8),
)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_check_the_run_and_a_patient_person_agree(
    given_ids: Record,
    file: list[Record],
    before: dict[str, Record],
    serials: list[str | None],
    mode: str,
    on_repeat: str,
    size: int,
) -> None:
    with transaction.atomic():
        finance = lookups.Division.objects.create(name="Finance")
        for (tag, record), serial in zip(before.items(), serials, strict=False):
            record = {**record, "division": finance, "serial_number": serial}
            Asset.objects.create(asset_tag=tag, **record, **given_ids)
        naive = Naive(mode=mode, overwrites=on_repeat == "overwrite", table=table())
        naive.owners = {r["serial_number"]: t for t, r in naive.table.items() if r["serial_number"]}
        for row in file:
            naive.take(row)

        untouched = table()
        options = {"mode": mode, "context": given_ids}
        checked = take(importer(on_repeat), parsed(*file), size=3, applies=False, **options)
        assert table() == untouched
        assert set(lookups.Division.objects.values_list("name", flat=True)) == {"Finance"}
        assert not LedgerEntry.objects.exists()

        done = take(importer(on_repeat), parsed(*file), size=size, **options)
        assert outcomes(done) == outcomes(checked) == naive.outcomes
        assert table() == naive.table
        transaction.set_rollback(True)
