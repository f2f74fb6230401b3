"""Readings of ranks, lists with respectively, and units, on figures written out in the tests."""

import pytest

from service.api.database.request_context import DATABASE_EXTENSION

MONTHS = ("2023-01", "2024-01")


def check(client, text, **options):
    response = client.post("/v1/checks", json={"text": text, "published": "2024-03-02", "omitted": False} | options)
    assert response.status_code == 200, response.json
    return response.json["data"]


@pytest.fixture
def publish_partners(figures):
    def publish(exports, **described):
        values = {("X", partner, "TOTAL", month): value for month in MONTHS for partner, value in exports.items()}
        figures(values, **{"code": "jpn-m", "published": "2024-03-01"} | described)

    return publish


def test_a_rank_is_judged_where_no_other_partner_can_have_it(client, publish_partners):
    publish_partners({"WLD": 100, "CHN": 50, "USA": 30, "DEU": 20})
    sentence = "{} was Japan's second-largest export market in January 2024."

    rows = [check(client, sentence.format(partner))[0] for partner in ("The United States", "China")]

    assert [(row["verdict"], row["figure"], row["parsed"]["unit"]) for row in rows] == [
        ("holds", 2, "rank"),
        ("contradicted", 1, "rank"),
    ]


def test_a_rank_among_some_partners_is_not_judged(client, publish_partners):
    # 35 of 100 are with partners that have no figure: one of them can be before the United States, not before China.
    publish_partners({"WLD": 100, "CHN": 45, "USA": 20}, exhaustive=False)
    sentence = "{} was Japan's second-largest export market in January 2024."

    rows = [check(client, sentence.format(partner))[0] for partner in ("The United States", "China")]

    assert [(row["verdict"], row["reason"]) for row in rows] == [
        ("cannot_be_checked", "not_covered"),
        ("contradicted", None),
    ]


def test_a_figure_of_another_valuation_explains_a_difference(client, publish_partners):
    publish_partners({"WLD": 100})
    publish_partners({"WLD": 112}, code="jpn-cif-m", export_valuation="CIF")

    rows = [check(client, f"Japan's exports were {value} dollars in January 2024.")[0] for value in (100, 112)]

    assert sorted((row["verdict"], row["reason"]) for row in rows) == [("holds", None), ("near", "other_valuation")]


def test_a_service_without_monthly_figures_covers_nothing(client, figures):
    figures({("X", "CHN", "TOTAL", "2023"): 100})

    (row,) = check(client, "Japan's exports rose 5 percent in January 2024.")

    assert (row["verdict"], row["reason"]) == ("cannot_be_checked", "not_covered")


def test_respectively_pairs_names_and_numbers(demo):
    # China rose by 29.2 %, the United States by 15.6 %.
    sentence = "Japan's exports to China and the US rose {} percent and {} percent, respectively, in January 2024."

    right, wrong = (check(demo, sentence.format(*rates)) for rates in (("29.2", "15.6"), ("15.6", "29.2")))

    assert [(row["parsed"]["partner"], row["verdict"]) for row in right] == [("CHN", "holds"), ("USA", "holds")]
    assert "holds" not in {row["verdict"] for row in wrong}


@pytest.mark.parametrize(
    "text",
    [
        "Exports to China and the US rose 29.2 percent, respectively.",
        "Exports to China, the US and Germany rose 29.2 percent and 15.6 percent, respectively.",
        "Exports and imports with China and the US rose 29.2 percent and 15.6 percent, respectively.",
    ],
)
def test_lists_of_other_lengths_are_ambiguous(demo, text):
    assert {row["verdict"] for row in check(demo, text)} == {"cannot_be_checked"}


def test_the_words_of_each_dimension_are_stated(demo):
    rows = check(demo, "In January, Japan's exports of cars to China rose 111.4 percent. Imports fell 9.5 percent.")

    assert [{each["field"]: (each["from"], each["words"]) for each in row["read_from"]} for row in rows] == [
        {
            "reporter": ("text", "Japan"),
            "partner": ("text", "China"),
            "flow": ("text", "exports"),
            "commodity": ("text", "cars"),
            "period": ("published", "January"),
        },
        {
            "reporter": ("previous sentence", None),
            "partner": ("default", None),
            "flow": ("text", "Imports"),
            "commodity": ("default", None),
            "period": ("previous sentence", None),
        },
    ]


def test_an_amount_in_an_unknown_unit_is_not_judged(demo):
    (row,) = check(demo, "Japan's exports to Viet Nam were 26 trillion dong in January 2024.")

    assert (row["verdict"], row["reason"]) == ("cannot_be_checked", "unit_unknown")


@pytest.mark.parametrize(
    ("text", "verdict", "months"),
    [
        # 7,332.8 billion yen: the last month with less was May 2023, 7,292.0. To China 1,250.3, a year earlier 967.6.
        ("Japan's exports in January 2024 were the lowest since May 2023.", "holds", 8),
        ("In January 2024 Japan's exports to China were the lowest since January 2023.", "holds", 12),
        ("Japan's exports in January 2024 were the lowest since January 2023.", "contradicted", 8),
        ("Japan's exports in January 2024 were the lowest since October 2023.", "cannot_be_checked", 8),
        ("Japan's exports in January 2024 were the highest since December 2023.", "holds", 1),
        # No month before December 2023 had as much to China, and the months before November 2022 are missing.
        ("Japan's exports to China in December 2023 were the highest since November 2022.", "cannot_be_checked", None),
        # The record can be of growth as well.
        ("Japan's exports rose 11.9 percent in January 2024, the highest since May 2023.", "cannot_be_checked", None),
    ],
)
def test_a_record_goes_back_to_the_last_value_as_high_or_as_low(demo, text, verdict, months):
    row = check(demo, text)[-1]

    assert (row["verdict"], row["figure"], row["span"]["quote"][-4:]) == (verdict, months, text[-5:-1])


def test_more_partners_of_the_next_release_take_no_more_statements(client, publish_partners):
    values = {"WLD": 100, "CHN": 50, "USA": 30, "DEU": 20, "KOR": 15, "FRA": 10, "ITA": 5}
    publish_partners({"WLD": 100}, published="2024-02-21", exhaustive=False)
    publish_partners(values, exhaustive=False)
    names = ("China", "the United States", "Germany", "South Korea", "France", "Italy")
    sentences = [
        f"In January 2024, Japan's exports to {name} were ${value}."
        for name, value in zip(names, list(values.values())[1:], strict=True)
    ]
    (read_pool,) = client.application.extensions[DATABASE_EXTENSION].read_pools.values()

    def statement_count():
        counted = read_pool.read(b"SELECT sum(generic_plans + custom_plans) FROM pg_prepared_statements")
        return int(counted[0][0] or 0)

    counts = []
    for text in (sentences[0], " ".join(sentences)):
        before = statement_count()
        rows = check(client, text, published="2024-02-21")
        counts.append(statement_count() - before)
        assert {(row["verdict"], row["reason"]) for row in rows} == {("holds", "first_release_after")}

    assert len(rows) == len(sentences)
    assert 1 < counts[0] == counts[1]
