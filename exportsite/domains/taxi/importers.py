"""The three imports of the taxi company; each registers itself."""

from exportsite.domains.taxi.toll_importer import TollImporter
from exportsite.domains.taxi.trip_importer import TripImporter
from exportsite.domains.taxi.violation_importer import ViolationImporter

__all__ = ["TollImporter", "TripImporter", "ViolationImporter"]
