"""Phrases of one meaning: a table of templates and words, each of which the grammar reads alike.

Figures of the demo for January 2024: exports to China rose by 29.2 % to 1,250.3 billion yen. From December they fell by
29.4 %.
"""

import pytest

from tests.resources.checks.test_readings import check

CHINA = ("China", "mainland China", "the People's Republic of China", "the Chinese market", "Chinese buyers", "PRC")
RISES = (
    "rose",
    "climbed",
    "edged up",
    "jumped",
    "grew",
    "surged",
    "leapt",
    "swelled",
    "advanced",
    "were up",
    "rebounded",
)
PERCENTS = ("29.2 percent", "29.2 per cent", "29.2%", "29.2 pct")
AMOUNTS = ("1.25 trillion yen", "1,250.3 billion yen", "1,250.3 bn yen", "¥1.25tn", "JPY 1,250.3bn")
YEARS = ("from a year earlier", "year on year", "y/y", "on a year ago", "against the same month last year", "yr/yr")
MONTHS = ("from the previous month", "month on month", "from December", "compared with a month earlier")
AREAS = {
    "ARE": ("the UAE", "the United Arab Emirates", "the Emirates"),
    "EU": ("the EU", "the European Union", "the European bloc"),
    "GBR": ("the UK", "Britain", "the U.K.", "Great Britain"),
    "KOR": ("South Korea", "Korea", "the Republic of Korea", "the South Korean market"),
    "USA": ("the US", "the U.S.", "America", "the United States", "the American market"),
    "VNM": ("Vietnam", "Viet Nam", "Vietnamese customers"),
}
PHRASES = [
    *(("yoy_pct", "CHN", f"Japan's exports to {area} rose 29.2 percent in January 2024.") for area in CHINA),
    *(("yoy_pct", "CHN", f"Japan's exports to China {verb} 29.2 percent in January 2024.") for verb in RISES),
    *(("yoy_pct", "CHN", f"Japan's exports to China rose {number} in January 2024.") for number in PERCENTS),
    *(("value", "CHN", f"Japan's exports to China were {amount} in January 2024.") for amount in AMOUNTS),
    *(("yoy_pct", "CHN", f"Japan's exports to China rose 29.2 percent in January 2024 {year}.") for year in YEARS),
    *(("pop_pct", "CHN", f"Japan's exports to China fell 29.4 percent in January 2024 {month}.") for month in MONTHS),
]
OTHER_WORDS = [
    ("yoy_pct", "IND", "Sales to India climbed 27.5 percent in January 2024, Japan said."),
    ("value", "IND", "India bought 195.3 billion yen of Japanese goods in January 2024."),
    ("yoy_pct", "RUS", "Russian imports to Japan fell 38.9 percent in January 2024."),
    ("yoy_pct", "ARE", "Japan's exports to the UAE rose by two fifths in January 2024."),
    ("partner_share_pct", "CHN", "Nearly a quarter of Japan's imports came from China in January 2024."),
    ("balance", "USA", "Tokyo ran a 414.8 billion yen trade surplus with Washington in January 2024."),
]
DEALS = [
    ("value", "AUS", "Japan paid Australia 284.9 billion yen for coal in January."),
    ("value", "AUS", "Japan paid 284.9 billion yen for Australian coal in January."),
    ("value", "AUS", "Coal imports from Australia cost Japan 284.9 billion yen in January."),
    ("value", "WLD", "Japan's bill for coal was 430.0 billion yen in January."),
    ("value", "WLD", "Japan's LNG bill dropped to 622.4 billion yen in January."),
    ("value", "WLD", "Japan spent 150.0 billion yen on imported meat in January."),
    ("value", "CHN", "China sold Japan 2,209.8 billion yen of goods in January."),
    ("value", "DEU", "Germany sold goods worth 200.2 billion yen to Japan in January."),
    ("value", "SAU", "Saudi Arabia sold Japan 369.2 billion yen of crude oil in January."),
    ("value", "CHN", "Machinery shipped to China was worth 279.4 billion yen in January, Japanese data showed."),
    ("value", "CHN", "Chipmaking equipment sent from Japan to China was worth 124.0 billion yen in January."),
    ("partner_share_pct", "AUS", "Of the coal that Japan imported in January, Australia supplied 66%."),
    ("partner_share_pct", "AUS", "Of Japan's coal imports in January, 66% came from Australia."),
    ("yoy_pct", "WLD", "Trade in cars was lively: Japan's exports of them rose 37.1% in January."),
    (
        "balance",
        "KOR",
        "The bilateral balance with South Korea was a surplus of 133.2 billion yen for Japan in January.",
    ),
    ("balance", "USA", "Trade with the United States left Japan a surplus of 414.8 billion yen in January."),
    ("yoy_pct", "RUS", "Japan's imports from Russia were down by more than a third in January."),
    ("value", "WLD", "In the last quarter of 2023 Japan's exports totalled 27.6 trillion yen."),
    ("balance", "WLD", "The deficit, at 1.76 trillion yen, was about half that of January 2023 in Japan."),
]
SEVERAL_NUMBERS = (
    "Japan's exports to China totaled 1,250.3 billion yen in January and accounted for 17.1 percent of total exports.",
    "Japan's imports of fuels were 2,325.3 billion yen in January 2024, and represented 25.6 percent of total imports.",
    "The share of China in Japan's exports increased from 14.8% in January 2023 to 17.1% in January 2024.",
    "China's share of Japanese exports stood at 17.1% in January, against 14.8% a year earlier.",
    "Japan paid the UAE 358 billion yen for crude oil in January and Saudi Arabia 369 billion yen.",
    "Japan's imports from Thailand were 288.5 billion yen in January and its imports from Vietnam 338.1 billion yen.",
    "Japan had a surplus of 4.6 billion yen with the EU in January after a deficit of 174.0 billion yen a year before.",
    "A year earlier, Japan's exports to China had been 967.6 billion yen; in January they were 1,250.3 billion yen.",
    "Japan's exports to the UAE climbed to 130.9 billion yen from 92.5 billion yen in January.",
    "Japan's exports to the US stood at 2.08 trillion yen in December, falling to 1.42 trillion yen in January.",
    "A 37.1% jump in car shipments drove Japan's exports up 11.9% in January.",
    "By product, motor vehicles (up 31.6%) and auto parts (up 22.1%) led the rise in Japan's exports in January.",
    "Among imports, coal (-43.1%), LNG (-28.7%) and crude oil (-9.0%) fell in Japan in January.",
    "Exports to Taiwan were 466.1 billion yen and to South Korea 519.8 billion yen in January, Japan said.",
    "Japan's exports rose 11.9% in January, their second straight monthly gain.",
    "Japan's exports to Russia were 14.9 billion yen in January, 66% less than the 43.7 billion yen of a year before.",
)
WRONG = (
    # The figures are 338.1 for Vietnam, 150.0 for meat, and 466.1 for Taiwan.
    (
        "338.1 billion yen",
        "Japan's imports from Thailand totaled 338.1 billion yen in January and those from Vietnam more.",
    ),
    ("230 billion yen", "Japan spent 230 billion yen on imported meat in January."),
    (
        "638.6 billion yen",
        "Exports to Taiwan were 638.6 billion yen and to Korea 519.8 billion yen in January, Japan said.",
    ),
)


@pytest.mark.parametrize("text", SEVERAL_NUMBERS)
def test_each_number_of_a_sentence_holds(demo, text):
    rows = check(demo, text, published="2024-02-29")

    assert len(rows) >= 2
    assert {row["verdict"] for row in rows} == {"holds"}


@pytest.mark.parametrize(("quote", "text"), WRONG)
def test_a_wrong_number_is_contradicted_where_one_reading_is_natural(demo, quote, text):
    verdicts = {row["span"]["quote"]: row["verdict"] for row in check(demo, text, published="2024-02-29")}

    assert verdicts[quote] == "contradicted"


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("29.2%", "Japan's exports to the US rose 15.6% and those to its second-largest market 29.2% in January."),
        ("727.3 billion yen", "Saudi Arabia and the UAE sold Japan 727.3 billion yen of crude oil in January."),
        ("3.50 trillion yen", "Japan's December surplus turned into a deficit of 1.76 trillion yen in January, from a "
         "deficit of 3.50 trillion yen a year earlier."),
        ("43%", "Cheaper coal is cutting Japan's energy bill: it paid 430 billion yen for the fuel in January, 43% "
         "less than twelve months before."),
        ("10.5%", "Japan spent 150 billion yen on foreign meat in January, 10.5% more than a year ago."),
    ],
)  # fmt: skip
def test_a_right_number_of_an_unclear_series_is_not_contradicted(demo, quote, text):
    verdicts = {row["span"]["quote"]: row["verdict"] for row in check(demo, text, published="2024-02-29")}

    assert verdicts[quote] == "cannot_be_checked"


@pytest.mark.parametrize("number", ["more than 100 billion yen", "above 90 billion yen"])
def test_a_bound_that_the_figure_satisfies_is_not_contradicted(demo, number):
    (row,) = check(demo, f"Japan's exports to the UAE were {number} in January 2024.", published="2024-02-29")

    assert row["verdict"] == "cannot_be_checked"  # 130.9 billion yen


@pytest.mark.parametrize(("measure", "partner", "text"), PHRASES + OTHER_WORDS + DEALS)
def test_phrases_of_one_meaning_are_read_alike(demo, measure, partner, text):
    rows = check(demo, text, published="2024-02-29")

    assert [(row["parsed"]["measure"], row["parsed"]["partner"], row["verdict"]) for row in rows] == [
        (measure, partner, "holds")
    ]


@pytest.mark.parametrize(("code", "name"), [(code, name) for code, names in AREAS.items() for name in names])
def test_an_area_has_many_names(demo, code, name):
    (row,) = check(demo, f"Japan's exports to {name} rose 1 percent in January 2024.", published="2024-02-29")

    assert row["parsed"]["partner"] == code


def test_the_largest_partner_without_a_name_is_not_judged(demo):
    (row,) = check(demo, "Japan's exports to its largest trading partner grew 29.2 percent in January 2024.")

    assert row["verdict"] == "cannot_be_checked"


@pytest.mark.parametrize(
    ("text", "measure", "figure", "verdict"),
    [
        # Exports to China 1,250.3 and to South Korea 519.8 billion yen; imports 9,093.1 over exports 7,332.8.
        ("Japan's exports to China were 2.4 times those to South Korea in January 2024.", "ratio", 2.4054, "holds"),
        ("Japan's exports to China were twice those to Hong Kong in January 2024.", "ratio", 3.5719, "contradicted"),
        ("Japan's imports exceeded its exports by 24 percent in January 2024.", "excess_pct", 24.0065, "holds"),
        ("Japan imported twice as much from China as from the US in January 2024.", "ratio", 2.1911, "holds"),
    ],
)
def test_two_series_are_compared(demo, text, measure, figure, verdict):
    (row,) = check(demo, text, published="2024-02-29")

    assert (row["parsed"]["measure"], row["figure"], row["verdict"]) == (measure, figure, verdict)
    assert row["parsed"]["unit"] in {"times", "%"}


@pytest.mark.parametrize(
    ("text", "verdict", "reason"),
    [
        # The deficit was 1.76 trillion yen in January 2024, and larger before only in January 2023.
        ("In January 2024 Japan posted its largest trade deficit in 12 months.", "holds", None),
        ("Japan's trade deficit in January 2024 was the largest on record.", "contradicted", None),
        ("Japan recorded its first trade surplus in three months in December 2023.", "holds", None),
        ("Japan's exports in January 2024 had the fastest growth since May 2022.", "cannot_be_checked",
         "not_enough_history"),
    ],
)  # fmt: skip
def test_records_of_balances_and_growth(demo, text, verdict, reason):
    (row,) = check(demo, text, published="2024-02-29")

    assert (row["verdict"], row["reason"]) == (verdict, reason)


@pytest.mark.parametrize(
    ("text", "measure", "period", "verdict"),
    [
        # 100 in each month up to December 2023, then 120 and 130: fiscal 2023 with March of 110 is 900 + 360, 1,260.
        ("In fiscal 2023 Japan's exports were 1,260 dollars.", "value", "FY2023", "holds"),
        ("Japan's exports rose 5 percent in fiscal 2023.", "yoy_pct", "FY2023", "holds"),
        ("In January and February 2024 Japan's exports rose 25 percent.", "ytd_pct", "2024-02", "holds"),
        ("In January-February 2024 Japan's exports rose 40 percent.", "ytd_pct", "2024-02", "contradicted"),
        ("Exports of Japan were 1,150 dollars in the first eleven months of FY2023.", "fytd_value", "2024-02", "holds"),
        ("Japan's exports in the second half of 2023 were 600 dollars.", "value", "2023-H2", "holds"),
        ("In the first half of fiscal 2023 Japan's exports were 600 dollars.", "fytd_value", "2023-09", "holds"),
        ("In the first quarter of fiscal 2023 Japan's exports were 300 dollars.", "value", "2023-Q2", "holds"),
        ("Japan's exports were 360 dollars in the fourth quarter of FY2023.", "value", "2024-Q1", "holds"),
        # October to March: 1,260 is the whole year, and no column has a sum over these months.
        ("Japan's exports were 1,260 dollars in the second half of fiscal 2023.", None, None, "cannot_be_checked"),
    ],
)  # fmt: skip
def test_fiscal_years_and_sums_of_months(client, figures, text, measure, period, verdict):
    last = {"2024-01": 120, "2024-02": 130, "2024-03": 110}
    months = [f"{year}-{month:02}" for year in (2022, 2023) for month in range(1, 13)]
    figures(
        {("X", "WLD", "TOTAL", month): value for month, value in (dict.fromkeys(months, 100) | last).items()},
        published="2024-04-20",
    )

    (row,) = check(client, text, published="2024-05-01")

    assert (row["parsed"]["measure"], row["parsed"]["period"], row["verdict"]) == (measure, period, verdict)
