"""The news item of January 2024: each of its numbers holds, and no number of a changed text does.

Expected figures: ../shared/data/SOURCES.md. 7.33 trillion yen at the European Central Bank's rate of 21 February 2024,
149.9861 yen for a dollar, are 48.87 billion dollars.
"""

import pytest

TEXT = (
    "In January 2024 Japan's exports to China rose 29.2 %, total exports were 7.33 trillion yen ($48.87 billion), "
    "growing for a second month, the deficit halved to 1.76 trillion, exports to the US rose 15.6 %."
)
NOTE = (
    "The news item that this project comes from says: exports to China +29.2 percent, total exports 7.33 trillion yen "
    "($48.87 billion), a second month of growth, the deficit halved, the US +15.6 percent. In dollars Japan's exports "
    "did not grow at all (-0.08 %)."
)
CHANGED_PHRASES = [
    ("rose 29.2", "fell 29.2", ["29.2 %"]),
    ("to China", "to Thailand", ["29.2 %"]),
    ("exports to China", "imports from China", ["29.2 %"]),
    ("to the US", "to Germany", ["15.6 %"]),
    ("exports to the US", "imports from the US", ["15.6 %"]),
    ("total exports", "total imports", ["7.33 trillion yen", "$48.87 billion", "second month"]),
    ("7.33 trillion", "7.33 billion", ["7.33 billion yen", "$48.87 billion"]),
    ("48.87 billion", "48.87 million", ["$48.87 million"]),
    ("48.87 billion", "48.87 trillion", ["$48.87 trillion"]),
    ("a second month", "a third month", ["third month"]),
    ("growing for", "declining for", ["second month"]),
    ("deficit halved", "surplus halved", ["halved", "1.76 trillion"]),
    ("halved", "doubled", ["doubled"]),
    ("1.76 trillion", "1.76 billion", ["1.76 billion"]),
    ("January 2024", "December 2023", ["29.2 %", "7.33 trillion yen", "$48.87 billion", "15.6 %", "1.76 trillion"]),
    ("January 2024", "January 2023", ["29.2 %", "7.33 trillion yen", "$48.87 billion", "15.6 %", "1.76 trillion"]),
    ("Japan's", "Germany's", ["29.2 %"]),
]


def check(client, text, **options):
    body = {"text": text, "published": "2024-02-21", "omitted": False} | options
    return client.post("/v1/checks", json={name: value for name, value in body.items() if value is not None})


def verdicts(client, text):
    return {row["span"]["quote"]: row["verdict"] for row in check(client, text).json["data"]}


def changed_digits(text):
    """Yield the position of each digit of a claim, and the text with that digit changed to the next one."""
    year = text.find("2024")
    for position, character in enumerate(text):
        if character.isdigit() and position not in range(year, year + 4):
            digit = str((int(character) + 1) % 10)
            yield position, text[:position] + digit + text[position + 1 :]


@pytest.mark.parametrize("text", [TEXT, NOTE])
def test_each_number_of_the_news_item_holds(demo, text):
    rows = check(demo, text).json["data"]

    assert len(rows) == 7
    assert [(row["span"]["quote"], row["verdict"]) for row in rows if row["verdict"] != "holds"] == []
    assert [row["exchange_rate_basis"] for row in rows if row["span"]["quote"] == "$48.87 billion"] == ["2024-02-21"]


@pytest.mark.parametrize("text", [TEXT, NOTE])
def test_no_number_with_another_digit_holds(demo, text):
    for position, changed_text in changed_digits(text):
        changed = [
            row
            for row in check(demo, changed_text).json["data"]
            if row["span"]["start"] <= position < row["span"]["end"]
        ]

        assert changed, changed_text
        assert [row["span"]["quote"] for row in changed if row["verdict"] == "holds"] == []


@pytest.mark.parametrize(("phrase", "change", "quotes"), CHANGED_PHRASES)
def test_no_number_of_another_fact_holds(demo, phrase, change, quotes):
    result = verdicts(demo, TEXT.replace(phrase, change))

    assert {quote: result[quote] for quote in quotes if result[quote] == "holds"} == {}


def test_without_a_day_the_rates_before_the_release_explain_a_conversion(demo):
    # The press release is of 21 February; a euro was 1.0802 dollars and 162.18 yen on the 20th.
    conversions = [
        next(row for row in check(demo, text, published=None).json["data"] if row["span"]["quote"].startswith("$"))
        for text in (TEXT, TEXT.replace("48.87", "48.82"))
    ]

    assert [(row["verdict"], row["reason"], row["exchange_rate_basis"]) for row in conversions] == [
        ("holds", None, "2024-02-21"),
        ("near", "other_rate", "2024-02-20"),
    ]


def test_the_figures_known_on_the_day_of_the_press_release_come_first(demo):
    # The press release of the 21st had the totals, the detailed figures followed on the 28th.
    rows = check(
        demo, "Japan's imports were 9,091.0 billion yen in January 2024 and exports to China rose 29.2 percent."
    )

    assert [(row["as_of"], row["verdict"], row["reason"]) for row in rows.json["data"]] == [
        ("2024-02-21", "holds", None),
        ("2024-02-28", "holds", "first_release_after"),
    ]
    assert rows.json["data"][0]["since_revised"] == 9_093_094_762_000


def test_facts_that_the_text_leaves_out_are_stated(demo):
    facts = check(demo, TEXT, omitted=True).json["omitted"]

    assert "In US dollars, exports to China in January 2024 were up 15.3%" in facts[0]["sentence"]
    assert "integrated circuits (IC) to China fell by" in " ".join(fact["sentence"] for fact in facts)


def test_a_response_is_neither_stored_nor_logged(demo, caplog):
    response = check(demo, f"{TEXT} Zanzibarium.")

    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers
    assert "Zanzibarium" not in caplog.text


@pytest.mark.parametrize(("path", "status"), [("/v1/checks", 422), ("/mcp", 400)])
def test_deeply_nested_json_is_refused(demo, path, status):
    response = demo.post(path, data='{"text":' + "[" * 5_000, content_type="application/json")

    assert response.status_code == status


def test_a_reading_is_stated_in_words(demo):
    rows = check(demo, TEXT).json["data"]

    assert rows[0]["reading"] == "exports to China, growth from a year earlier, 2024-01"


def test_a_text_of_another_type_is_named(demo):
    assert check(demo, 5).json["detail"] == "text: Not a valid string: 5."


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"text": "x" * 20481}, 422),
        ({"text": "x", "publishd": "2024-02-21"}, 422),
        ({"text": "x", "reporter": "XXX"}, 422),
        ({"text": "x", "omitted": 0}, 422),
        ({"text": "x", "omitted": "false"}, 422),
        ({"text": "x" * 200_000}, 413),
        ([], 422),
    ],
)
def test_an_invalid_body_is_a_problem(demo, body, status):
    response = demo.post("/v1/checks", json=body)

    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
