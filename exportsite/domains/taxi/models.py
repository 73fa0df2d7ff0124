"""The models of the taxi company, each noun in a module of its own."""

from exportsite.domains.taxi.ledger import LedgerBalance, LedgerPosting
from exportsite.domains.taxi.references import (
    Driver,
    Lease,
    Medallion,
    Vehicle,
    VehicleRegistration,
)
from exportsite.domains.taxi.tolls import EZPassImport, EZPassTransaction
from exportsite.domains.taxi.trips import CurbAccount, CurbTrip
from exportsite.domains.taxi.violations import PVBImport, PVBViolation

__all__ = [
    "CurbAccount",
    "CurbTrip",
    "Driver",
    "EZPassImport",
    "EZPassTransaction",
    "Lease",
    "LedgerBalance",
    "LedgerPosting",
    "Medallion",
    "PVBImport",
    "PVBViolation",
    "Vehicle",
    "VehicleRegistration",
]
