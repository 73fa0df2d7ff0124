"""The five exports of the taxi company; each registers itself."""

from exportsite.domains.taxi.ledger_exports import BalanceResource, PostingResource
from exportsite.domains.taxi.toll_exports import TollResource
from exportsite.domains.taxi.trip_exports import TripResource
from exportsite.domains.taxi.violation_exports import ViolationResource

__all__ = [
    "BalanceResource",
    "PostingResource",
    "TollResource",
    "TripResource",
    "ViolationResource",
]
