"""What the made-up helpdesk is made of: the lists of the first system, and words for rows."""

from collections.abc import Mapping
from typing import Any

Rows = tuple[Mapping[str, Any], ...]


def numbered(*names: str) -> Rows:
    return tuple({"id": number, "name": name} for number, name in enumerate(names, 1))


ASSET_STATUSES = (
    *numbered(
        "Ready to Deploy",
        "Deployed",
        "Out for Repairs",
        "Waiting for Repairs",
        "Written Off - Broken",
        "Written Off - Age",
    ),
    {"id": 8, "name": "Pending Disposal"},
    {"id": 9, "name": "Retired"},
    {"id": 15, "name": "In Use/Active"},
)
TICKET_STATUSES = numbered("Open", "Pending", "Resolved", "In Progress", "Closed")
TICKET_TYPES = numbered("Incident", "Problem", "Loan")
SLA_HOURS = {"Low": 168, "Medium": 72, "High": 24, "Urgent": 4}
TICKET_PRIORITIES = tuple(
    {"id": number, "name": name, "sla_hours": hours}
    for number, (name, hours) in enumerate(SLA_HOURS.items(), 1)
)
# As often as they are here
PRIORITY_MIX = ("Low",) * 6 + ("Medium",) * 9 + ("High",) * 4 + ("Urgent",)
ASSIGNMENT_MIX = ("auto",) * 14 + ("manual",) * 5 + ("super_admin",)
WARRANTY_TYPES = numbered("Carry In", "On-Site")
MANUFACTURERS = numbered(
    "Acer", "Apple", "Axiohm", "Canon", "Electronic Services", "Epson", "Hewlett Packard", "Lenovo",
    "LG", "Mecer", "Mindeo", "Nashua", "Partner", "Posiflex", "Proline", "RCT", "Samsung", "Symbol",
    "TPG", "Unknown", "Xerox",
)  # fmt: skip
DIVISIONS = numbered(
    "Finance", "Sales", "Logistics", "Human Resources", "Produktion Köln", "Όμιλος"
)
SUPPLIERS = numbered("Acme IT", "Büro & Co, GmbH", "O'Reilly Systems", "株式会社サンプル")

ABBREVIATIONS = {
    "Desktop PC": "DPC", "All-in-One PC": "APC", "Laptop": "LAP", "Monitor": "MON",
    "Docking Station": "DCK", "UPS": "UPS", "USB Printer": "UPR", "Network Printer": "NPR",
    "Scanner": "SCN", "Receipt Printer": "RPR", "Bar Code Scanner": "BAR", "Card Reader": "CRD",
    "Cash Drawer": "DRW", "Touch Monitor": "TMN", "Fax Machine": "FAX", "Projector": "PJR",
    "Tablet": "TAB", "Display Pole": "POL",
}  # fmt: skip
ASSET_TYPES = tuple(
    {"id": number, "name": name, "abbreviation": short}
    for number, (name, short) in enumerate(ABBREVIATIONS.items(), 1)
)

# building, office, name
LOCATIONS = tuple(
    {"building": building, "office": office, "name": name, "storeroom": "Store" in name}
    for building, office, name in (
        ("Main", "HQ", "Default Location"),
        ("Annex", "Branch", "Secondary Location"),
        ("Main Building", "Floor 1", "Reception"),
        ("Main Building", "Floor 2", "Open-plan Office"),
        ("Main Building", "Basement", "Server Room"),
        ("Building A", "Ground Floor", "Workshop A"),
        ("Building B", "Floor 3", "Meeting Room “Ωμέγα”"),
        ("Building C", "Floor 1", "Training, Room 2"),
        ("Warehouse", "Ground Floor", "Storeroom 1"),
    )
)

# manufacturer, type, model, part number
MODELS = (
    ("Lenovo", "Laptop", "ThinkPad T14", "20W0"),
    ("Hewlett Packard", "Laptop", "EliteBook 840", "3JX08EA"),
    ("Apple", "Laptop", "MacBook Air 13″", None),
    ("Acer", "Desktop PC", "Veriton X", "DT.VV"),
    ("Mecer", "Desktop PC", "Xpression", ""),
    ("Apple", "All-in-One PC", "iMac 24″", None),
    ("LG", "Monitor", "LG 24MK430", "24MK430H"),
    ("Samsung", "Monitor", "S27, curved", "LS27"),
    ("Lenovo", "Docking Station", "ThinkPad Dock Gen 2", "40AS"),
    ("Epson", "Receipt Printer", "TM-T20III", "C31CH51"),
    ("Xerox", "Network Printer", "VersaLink C405", None),
    ("Canon", "Scanner", "DR-C225", None),
    ("Symbol", "Bar Code Scanner", "LS2208", "LS2208-SR"),
    ("Posiflex", "Touch Monitor", "TM-3315", None),
    ("Samsung", "Tablet", "Galaxy Tab A8", "SM-X200"),
    ("Unknown", "UPS", "UPS 1000VA", None),
)

OWNED_AS = ("Laptop Dell", "Spare", "Till", "Front desk", "Loan pool", "For the meeting room")
NOTES = ("spare, boxed", "Lid scratched", "Battery replaced", "Returned by its last user")
PROBLEMS = (
    "does not start", "is very slow", "shows a blue screen", "cannot connect to the network",
    "makes a loud noise", "asks for a password again and again", "prints only half a page",
    "needs an update", "is to be borrowed for a week", "was dropped, screen cracked",
)  # fmt: skip
THINGS = (
    "Laptop",
    "Printer",
    "Monitor",
    "Scanner",
    "VPN",
    "E-mail",
    "Till",
    "Projector",
    "Docking",
)
DETAILS = (
    "Since this morning.", "Restarting did not help.", "It worked yesterday.", "Two are affected.",
    "Please call before you come.", 'Error 0x80070035, "path not found".', "Urgent: month end.",
)  # fmt: skip
