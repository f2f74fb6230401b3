"""Sentences that name other series beside their own: asides, other countries, unknown names, and lists.

Figures of the demo for January 2024 in percent: exports 11.9, cars 37.1, steel 7.2, to China 29.2, to the United States
15.6, to the EU 13.8, to the UK -10.1; imports of coal -43.1, of LNG -28.7; from South Korea 13.1.
"""

import pytest

from tests.resources.checks.test_readings import check

HOLDING = (
    "Imports to Japan declined 9.5% in January, dragged lower by coal, down 43.1%, and natural gas, down 28.7%.",
    "Japan's imports from Australia and Indonesia decreased by 29.8% and 21.8% respectively in January 2024, while "
    "those from South Korea increased by 13.1%.",
    "Japan's exports rose 11.9% in January, with those to China and the US up 29.2% and 15.6%, respectively.",
    "Japan trade, Jan: exports 11.9% y/y (Dec: 9.7%), imports -9.5% y/y (Dec: -6.5%).",
    "Japan's exports to China: +29.2% y/y in Jan. To US: +15.6%. To EU: +13.8%. To UK: -10.1%.",
    "Exports to both the US (+15.6% y/y) and the EU (+13.8% y/y) rose in January, Japan's customs data show.",
    "Japan's exports of steel totalled 347.1 billion yen in January, and imports thereof 107.6 billion yen, down 8.1%.",
    "Japan's bilateral surplus with the US stood at JPY 414.8bn in January, down from JPY 1,075.2bn in December.",
    "Japan's shipments to the US were off 31.6% mom in January (NSA), those to China off 29.4% mom.",
    "Japan's imports of EU-made vehicles slid 8.1% in January, and those of U.S. crude came to 49.8 billion yen.",
    "Japan's exports topped 100 trillion yen in 2023, figures that are not adjusted for the season show.",
)
UNCLEAR = (
    ("4%", "Japan's exports to the United States climbed 15.6% in January. Those of Germany gained 4%."),
    ("8.1%", "Japan's exports rose 11.9% in January. In Vietnam, imports fell 8.1%."),
    ("7.2%", "Japan's steel exports, led by chips, rose 7.2% in January."),
    ("7.2%", "Japan's steel exports, helped by a weak yen and demand for cars, rose 7.2% in January."),
    ("15.6%", "Exports of Japan to its largest market amounted to 1,423.4 billion yen in January, up 15.6%."),
    ("414.8 billion yen", "Japan ran a trade surplus of 414.8 billion yen with its largest market in January."),
    ("15.6%", "Japan's imports from South Korea rose 13.1%, but imports from the island fell 15.6% in January."),
    ("15.6%", "Japan's exports to China and its largest market rose 29.2% and 15.6%, respectively, in January."),
    ("+18.0%", "Japan's exports to South Korea edged up 1.3% in January (South Korea: +18.0%)."),
    ("9.5%", "Economists had expected Japan's exports, unlike those of South Korea, to rise 9.5% in January."),
    ("17%", "Some 17% of Japan's exports went to Beijing in January."),
)


@pytest.mark.parametrize("text", HOLDING)
def test_each_number_has_the_series_next_to_it(demo, text):
    rows = check(demo, text, published="2024-02-29")

    assert {row["span"]["quote"]: row["verdict"] for row in rows} == {row["span"]["quote"]: "holds" for row in rows}


@pytest.mark.parametrize(("quote", "text"), UNCLEAR)
def test_a_number_beside_other_names_is_not_contradicted(demo, quote, text):
    verdicts = {row["span"]["quote"]: row["verdict"] for row in check(demo, text, published="2024-02-29")}

    assert verdicts[quote] in {"holds", "cannot_be_checked"}


def test_trade_of_a_reporter_with_itself_is_not_covered(demo):
    text = "Fruit imports, led by chips, into Japan grew 16.2% in January and vegetable imports 3.3%."

    rows = check(demo, text, published="2024-02-29")

    assert "contradicted" not in {row["verdict"] for row in rows}
