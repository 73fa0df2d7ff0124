"""How trips, tolls and summonses are spread, as compact tables.

The trips' come from 6,500 records of the TLC of March 2019; the codes and fines are the city's.
"""

from bisect import bisect_left
from collections.abc import Sequence
from decimal import Decimal
from random import Random

# Pick-ups in each hour of the day, and on each weekday from Monday.
HOURS = (
    207, 113, 104, 71, 58, 52, 144, 226, 317, 322, 328, 295, 339, 320, 362, 331, 341, 392, 417, 406,
    373, 359, 323, 300,
)  # fmt: skip
WEEKDAYS = (718, 836, 970, 920, 1124, 1051, 881)

# Where trips begin, with a rough middle: zone, borough, latitude, longitude, pick-ups.
ZONES = (
    ("Midtown Center", "Manhattan", 40.7563, -73.9779, 231),
    ("Penn Station/Madison Sq West", "Manhattan", 40.7505, -73.9934, 212),
    ("Clinton East", "Manhattan", 40.7632, -73.9905, 212),
    ("Upper East Side South", "Manhattan", 40.7686, -73.9658, 211),
    ("Midtown East", "Manhattan", 40.7569, -73.9723, 199),
    ("Times Sq/Theatre District", "Manhattan", 40.7590, -73.9863, 188),
    ("Upper East Side North", "Manhattan", 40.7801, -73.9571, 186),
    ("Union Sq", "Manhattan", 40.7403, -73.9906, 180),
    ("Lincoln Square East", "Manhattan", 40.7715, -73.9815, 178),
    ("Murray Hill", "Manhattan", 40.7479, -73.9776, 165),
    ("JFK Airport", "Queens", 40.6464, -73.7866, 152),
    ("East Village", "Manhattan", 40.7271, -73.9853, 152),
    ("LaGuardia Airport", "Queens", 40.7744, -73.8726, 148),
    ("Upper West Side South", "Manhattan", 40.7839, -73.9782, 144),
    ("Midtown South", "Manhattan", 40.7486, -73.9855, 143),
    ("East Chelsea", "Manhattan", 40.7435, -73.9974, 132),
    ("Lenox Hill West", "Manhattan", 40.7667, -73.9597, 121),
    ("West Village", "Manhattan", 40.7350, -74.0038, 111),
    ("Gramercy", "Manhattan", 40.7369, -73.9840, 110),
    ("Yorkville West", "Manhattan", 40.7780, -73.9509, 102),
    ("East Harlem South", "Manhattan", 40.7901, -73.9456, 93),
    ("TriBeCa/Civic Center", "Manhattan", 40.7173, -74.0073, 91),
    ("Lower East Side", "Manhattan", 40.7177, -73.9860, 79),
    ("Central Harlem", "Manhattan", 40.8036, -73.9513, 70),
    ("Astoria", "Queens", 40.7644, -73.9235, 67),
    ("Jackson Heights", "Queens", 40.7557, -73.8858, 40),
    ("Brooklyn Heights", "Brooklyn", 40.6960, -73.9950, 40),
    ("Williamsburg (North Side)", "Brooklyn", 40.7149, -73.9573, 40),
    ("Park Slope", "Brooklyn", 40.6722, -73.9778, 35),
    ("West Concourse", "Bronx", 40.8303, -73.9227, 30),
)
ZONE_WEIGHTS = [zone[4] for zone in ZONES]

# Miles at every 4 % of the trips.
MILES = (
    0.07, 0.48, 0.60, 0.70, 0.80, 0.87, 0.94, 1.02, 1.10, 1.20, 1.30, 1.42, 1.53, 1.66, 1.80, 1.98,
    2.17, 2.40, 2.70, 3.03, 3.50, 4.10, 5.09, 6.90, 9.76, 26.92,
)  # fmt: skip
# Miles, the usual fare and the usual minutes.
FARES = (
    (0.0, 2.5, 1.0), (0.5, 4.5, 3.9), (1.0, 6.5, 6.8), (1.5, 8.0, 9.5), (2.0, 10.0, 12.7),
    (3.0, 13.5, 16.8), (4.0, 16.0, 19.6), (5.0, 18.5, 20.8), (6.0, 21.5, 23.0), (8.0, 26.8, 26.2),
    (10.0, 31.5, 30.6), (12.0, 38.0, 37.8), (15.0, 44.0, 41.0), (18.0, 54.0, 46.9),
    (27.0, 75.0, 60.0),
)  # fmt: skip
FARE_MILES = [row[0] for row in FARES]
# How much longer or shorter than usual, at every 10 % of the trips.
DELAYS = (0.4, 0.60, 0.73, 0.83, 0.91, 1.0, 1.10, 1.22, 1.39, 1.66, 3.0)
# Tips of those who pay by card, as a part of the rest, at every 5 % of the trips; cash has none.
TIPS = (
    0.0, 0.0, 0.0, 0.09, 0.10, 0.13, 0.15, 0.20, 0.20, 0.20, 0.20, 0.20, 0.20, 0.20, 0.20, 0.20,
    0.20, 0.23, 0.25, 0.25, 0.60,
)  # fmt: skip
PASSENGERS, PASSENGER_WEIGHTS = (1, 2, 5, 3, 6, 4, 0), (4722, 889, 280, 247, 156, 110, 96)
PAYMENTS = ("CREDIT_CARD", "CASH", "UNKNOWN", "PRIVATE_CARD")
PAYMENT_WEIGHTS = (4600, 1832, 54, 14)
# What the total lacks or has too much against the sum of its parts, in cents: vendor 1 counts the
# congestion charge among the extras too.
GAPS, GAP_WEIGHTS = (0, -250, -275, 195), (4591, 1874, 20, 15)
EXTRAS = (0, 0, 0, 0, 0, 50, 50, 100)  # cents
BRIDGE_TOLL = 576  # cents, on one long trip in four

# Agency, entry, exit, class, cents, how often. What is below 0 was taken, what is above given back.
TOLLS: tuple[tuple[str, str | None, str | None, str | None, int, int], ...] = (
    ("MTAB&T", None, "RKB", "31", -911, 200),
    ("MTAB&T", None, "QMT", "1", -694, 180),
    ("MTAB&T", None, "BWB", "1", -694, 110),
    ("MTAB&T", None, "HCT", "1", -694, 80),
    ("MTAB&T", None, "VNB", "31", -1117, 40),
    ("CBDTP", None, "CRZ", "1", -75, 130),
    ("CBDTP", None, "CRZ", "1", -900, 20),
    ("PANYNJ", None, "GWB", "1", -1438, 60),
    ("PANYNJ", None, "LNT", "1", -1606, 40),
    ("NYSTA", "15", "19", "2L", -286, 30),
    ("NYSTA", "", "BER", "2L", -125, 20),
    ("NYSBA", None, "BER", "1", -200, 8),
    ("GSP", None, "ESSEX", "1", -190, 10),
    ("NJTP", "11", "14C", "1", -1225, 20),
    ("MTAB&T", None, "RKB", "31", 911, 12),
    ("PANYNJ", None, "", "1", 900, 6),
    ("MTAB&T", None, None, None, 0, 4),
)
TOLL_WEIGHTS = [toll[5] for toll in TOLLS]

# Code, fine in Manhattan up to 96th Street, fine elsewhere, how often.
VIOLATIONS = (
    (5, 250, 250, 30), (7, 50, 50, 50), (13, 115, 115, 8), (14, 115, 115, 90), (16, 95, 95, 12),
    (17, 95, 95, 12), (18, 115, 115, 12), (19, 115, 115, 40), (20, 65, 60, 70), (21, 65, 65, 110),
    (23, 65, 60, 6), (24, 65, 60, 6), (31, 115, 115, 25), (36, 50, 50, 300), (37, 65, 35, 30),
    (38, 65, 35, 90), (40, 115, 115, 80), (46, 115, 115, 60), (47, 115, 115, 15),
    (48, 115, 115, 15), (50, 115, 115, 15), (51, 115, 115, 10), (67, 165, 165, 6), (69, 65, 35, 15),
    (70, 65, 65, 20), (71, 65, 65, 40), (98, 95, 95, 20),
)  # fmt: skip
VIOLATION_WEIGHTS = [row[3] for row in VIOLATIONS]
COUNTIES = ("NY", "NY", "NY", "MN", "BX", "BK", "K", "Q", "QN", "ST")
STREETS = (
    "E 42nd St", "Dean St", "W 14TH STREET @ 5TH A", "Broadway", "7th Ave", "Queens Blvd",
    "Grand Concourse", "Flatbush Ave", "Calle Peñón", "Св. Марка пл.", "Bay, between 1st & 2nd",
)  # fmt: skip


def at_quantile(table: Sequence[float], part: float) -> float:
    """The value that this part of all is below, between the table's own values too."""
    place = part * (len(table) - 1)
    index = min(int(place), len(table) - 2)
    return table[index] + (table[index + 1] - table[index]) * (place - index)


def usual(miles: float) -> tuple[float, float]:
    """Fare and minutes of a trip of that length."""
    index = min(max(bisect_left(FARE_MILES, miles), 1), len(FARES) - 1)
    (low, fare, minutes), (high, fare_high, minutes_high) = FARES[index - 1], FARES[index]
    part = (miles - low) / (high - low)
    return fare + (fare_high - fare) * part, minutes + (minutes_high - minutes) * part


def dollars(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def once_in(count: int, rng: Random) -> bool:
    return rng.random() * count < 1


def rng_of(seed: int) -> Random:
    return Random(seed)  # noqa: S311  # made-up rows keep no secrets
