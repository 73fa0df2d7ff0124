"""Columns that several exports of the taxi company share."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from exports.formats.base import Kind
from exports.resources import Column

DRIVER_ID = Column(name="driver_id", header="Driver ID", source="driver__driver_id")
DRIVER_NAME = Column(
    name="driver_name", header="Driver Name", source="driver__full_name", label=_("Driver name")
)
LEASE_ID = Column(name="lease_id", header="Lease ID", source="lease__lease_id")
VEHICLE_VIN = Column(
    name="vehicle_vin", header="Vehicle VIN", source="vehicle__vin", label=_("Vehicle VIN")
)
MEDALLION_NO = Column(
    name="medallion_no", header="Medallion No", source="medallion__medallion_number"
)
LICENSEE_SORTS = {
    "driver_id": "driver__driver_id",
    "driver_name": "driver__full_name",
    "vehicle_vin": "vehicle__vin",
    "medallion_no": "medallion__medallion_number",
    "lease_id": "lease__lease_id",
}


def dollars(name: str, header: str, source: str = "", **more: Any) -> Column:
    return Column(name=name, header=header, source=source, kind=Kind.MONEY, **more)


def sorts(*names: str) -> dict[str, str]:
    return {name: name for name in names}
