"""What made-up energy data are made of: the regions and suppliers, companies and their sites."""

REGIONS = (
    ("London", "LON"), ("South East", "SE"), ("South West", "SW"), ("East of England", "EE"),
    ("West Midlands", "WM"), ("East Midlands", "EM"), ("Yorkshire", "YH"), ("North West", "NW"),
    ("North East", "NE"), ("Scotland", "SCO"), ("Wales", "WAL"), ("Northern Ireland", "NI"),
)  # fmt: skip
SUPPLIERS = (
    ("British Gas", "BG"), ("EDF", "EDF"), ("E.ON Next", "EON"), ("Scottish Power", "SP"),
    ("Octopus", "OCT"), ("OVO", "OVO"), ("Utility Warehouse", "UW"), ("SSE", "SSE"),
    ("Utilita", "UTL"), ("Shell", "SHELL"),
)  # fmt: skip
# name, registration number
COMPANIES = (
    ("Default Company", "00000001"), ("Brown & Sons, Ltd", "01234567"), ("Café Zoë", "SC123456"),
    ("O'Neill Logistics", "NI654321"), ("Müller UK", "07654321"), ("Eisteddfod Cyf", "03141592"),
)  # fmt: skip
# town, region's code, postcode
TOWNS = (
    ("London", "LON", "SW1A 1AA"), ("Manchester", "NW", "M1 1AA"), ("Birmingham", "WM", "B1 1BB"),
    ("Leeds", "YH", "LS1 4AP"), ("Caerdydd", "WAL", "CF10 1EP"), ("Dùn Èideann", "SCO", "EH1 1YZ"),
    ("Béal Feirste", "NI", "BT1 5GS"), ("Norwich", "EE", "NR2 1TF"),
)  # fmt: skip

# kWh in each half-hour from midnight on, a winter's working day
SHAPES = {
    "residential": [0.11] * 12 + [0.3, 0.5, 0.5, 0.45] + [0.3] * 16 + [0.5, 0.8, 0.95, 0.9] * 2
                   + [0.45] * 4 + [0.2] * 4,
    "office": [1.2] * 14 + [3.5, 6.0] + [8.5] * 18 + [5.0, 3.0] + [1.4] * 12,
    "retail": [0.9] * 16 + [4.0] * 24 + [2.0] * 2 + [0.9] * 6,
    "warehouse": [5.9, 5.6, 5.5, 5.3] + [5.4] * 8 + [9.0] * 28 + [6.5] * 8,
    "industrial": [22.0] * 12 + [48.0] * 28 + [30.0] * 8,
    "other": [0.4] * 48,
}  # fmt: skip
WEEKEND = {"office": 0.25, "industrial": 0.5, "warehouse": 0.7, "retail": 1.1, "residential": 1.15}
