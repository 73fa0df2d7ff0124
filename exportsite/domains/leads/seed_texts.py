"""What made-up leads are made of: the Craigslist sites, and words for their posts."""

# name, code, region, state
LOCATIONS = (
    ("San Francisco Bay Area", "sfbay", "West", "California"),
    ("Los Angeles", "losangeles", "West", "California"),
    ("San Diego", "sandiego", "West", "California"),
    ("Sacramento", "sacramento", "West", "California"),
    ("New York City", "newyork", "Northeast", "New York"),
    ("Albany", "albany", "Northeast", "New York"),
    ("Buffalo", "buffalo", "Northeast", "New York"),
    ("Houston", "houston", "South", "Texas"),
    ("Dallas", "dallas", "South", "Texas"),
    ("Austin", "austin", "South", "Texas"),
    ("San Antonio", "sanantonio", "South", "Texas"),
    ("Miami", "miami", "South", "Florida"),
    ("Orlando", "orlando", "South", "Florida"),
    ("Tampa Bay", "tampa", "South", "Florida"),
    ("Chicago", "chicago", "Midwest", "Illinois"),
    ("Seattle", "seattle", "West", "Washington"),
    ("Denver", "denver", "West", "Colorado"),
    ("Phoenix", "phoenix", "West", "Arizona"),
    ("Las Vegas", "lasvegas", "West", "Nevada"),
)
NEIGHBORHOODS = ("downtown", "mission district", "Nob Hill", "Brooklyn", "O'Hare", "Little Havana")

# category, its letter in addresses, subcategory, titles
POSTS = (
    ("gigs", "cpg", "computer gigs", (
        "Need a website for a small bakery", "Fix my WordPress theme TODAY",
        "Looking for a Django developer – 2 weeks", "Se busca programador, urgente",
    )),
    ("gigs", "crg", "creative gigs", ("Logo wanted", "Photographer for a quinceañera")),
    ("jobs", "sof", "software/qa/dba", (
        "Senior Python engineer (remote)", "QA tester, part-time", "C++ / C# developer",
        "Software engineer – Zürich or anywhere",
    )),
    ("jobs", "web", "web design", ("Web designer, W-2", "Front-end developer & designer")),
    ("services", "cps", "computer", ("PC repair @ your home", "I build websites, cheap")),
    ("services", "fgs", "farm+garden", ("Tree service", "Lawn care – free estimates")),
    ("for-sale", "sys", "computers", ("MacBook Pro 16″, like new", "Gaming PC, RTX – $900 OBO")),
    ("for-sale", "zip", "free stuff", ("FREE couch, curb alert", "Free moving boxes")),
    ("housing", "apa", "apts/housing", ("2BR w/ view, 100% renovated", "Sunny studio, no fee")),
    ("community", "vol", "volunteers", ("Teach kids to code", "Beach clean-up, bring gloves")),
    ("resumes", "rrr", None, ("Bilingual accountant available", "Résumé: café manager")),
)  # fmt: skip
# Posts do begin like formulas.
LOUD_TITLES = (
    "=== MOVING SALE ===", "=HYPERLINK(\"http://example.com\",\"click\")", "+++ Hiring now +++",
    "+1 (415) 555-0100 call me", "-50% on all web design", "- - - Couch - - -", "@home data entry",
    "@@@ Notary @@@", "★★ Best movers ★★", "急招前端工程师", "Нужен сайт-визитка", "🔥 HOT deal 🔥",
)  # fmt: skip
SENTENCES = (
    "Please reply with samples of your work.", "Budget is firm, cash on pick-up.",
    "Must have own car and laptop.", "No agencies, no recruiters.", "Posted for a friend.",
    "Start next Monday; 20 hours a week, maybe more.", "do NOT contact me with other offers",
    "Serious people only, thanks!", "We are a small team – think “start-up”.",
)  # fmt: skip
PAY = (
    "$80,000 - $84,000 per year", "$25/hr", "DOE", "TBD", "10–15 $ per hour", "+ commission",
)  # fmt: skip
NAMES = ("Pat Lee", "María Núñez", "Zoë O'Brien", "李 小龍", "Jean-Luc", "Иван П.", "the owner")
REASONS = ("Budget and date fit.", "No budget named.", "Asks for what we do not offer.")
