"""The two imports of the helpdesk; each registers itself."""

from exportsite.domains.helpdesk.asset_importer import AssetImporter
from exportsite.domains.helpdesk.ticket_importer import TicketImporter

__all__ = ["AssetImporter", "TicketImporter"]
