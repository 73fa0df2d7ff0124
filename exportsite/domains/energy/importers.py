"""The imports of the energy system; each registers itself."""

from exportsite.domains.energy.reading_importers import DailyImporter, HalfHourlyImporter
from exportsite.domains.energy.site_importer import SiteImporter

__all__ = ["DailyImporter", "HalfHourlyImporter", "SiteImporter"]
