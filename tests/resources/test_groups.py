"""Groups of countries: dated members, and the compositions that sources print."""


def fetch_group(client, code):
    rows = client.get("/v1/groups", query_string={"as_of": "2021-01-01"}).json["data"]
    return next(row for row in rows if row["group"] == code)


def test_a_group_has_the_compositions_in_which_sources_print_it(client):
    found = fetch_group(client, "EU")["published_compositions"]

    spans = [text.split(" BEL")[0] for text in found]
    assert spans == [
        "Japan Customs: 2019-01-01/2020-02-01 AUT",
        "Japan Customs: 2020-02-01/ AUT",
        "US Census Bureau: 2013-01-01/2018-01-01 AUT",
        "US Census Bureau: 2018-01-01/ AUT",
    ]
    assert ["GBR" in text for text in found] == [True, False, True, False]


def test_a_group_of_a_source_alone_has_no_other_members(client):
    found = fetch_group(client, "USC-0023")

    assert (found["members"], found["history"]) == ([], [])
    assert [text[: len("US Census Bureau: 2022")] for text in found["published_compositions"]] == [
        "US Census Bureau: 2013",
        "US Census Bureau: 2022",
    ]


def test_a_group_that_no_source_prints_has_no_published_composition(client):
    assert fetch_group(client, "RCEP")["published_compositions"] == []
