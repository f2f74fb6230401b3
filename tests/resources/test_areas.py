"""/v1/areas: names, aliases, codes of sources, dates, successors and groups of areas."""

import pytest


def fetch_codes(client, **query):
    return [row["code"] for row in client.get("/v1/areas", query_string=query).json["data"]]


def test_an_area_has_its_names_codes_and_groups(client):
    (row,) = client.get("/v1/areas?search=holland&as_of=2019-06-30").json["data"]

    assert {name: row[name] for name in ("code", "name", "kind", "iso2", "m49", "valid_from", "valid_to")} == {
        "code": "NLD",
        "name": "Netherlands",
        "kind": "country",
        "iso2": "NL",
        "m49": "528",
        "valid_from": None,
        "valid_to": None,
    }
    assert "Holland" in row["aliases"]
    assert {"comtrade:528", "jp-customs:207", "us-census:4210"} <= set(row["source_codes"])
    assert {"EU", "EA", "OECD"} <= set(row["groups"])
    assert row["successors"] == []


def test_a_former_territory_has_its_last_day_and_its_successors(client):
    (row,) = client.get("/v1/areas?search=comtrade:58").json["data"]

    assert (row["code"], row["valid_to"], row["successors"]) == (
        "BLX",
        "1999-01-01",
        ["BEL 1999-01-01", "LUX 1999-01-01"],
    )


def test_the_groups_are_those_of_the_day(client):
    def groups(day):
        return client.get(f"/v1/areas?search=GBR&as_of={day}").json["data"][0]["groups"]

    assert "EU" in groups("2020-01-31")
    assert "EU" not in groups("2020-02-01")


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({"search": "korea"}, ["KOR", "PRK"]),
        ({"search": "COTE D'IVOIRE"}, ["CIV"]),
        ({"search": "jp-customs:105"}, ["CHN"]),
        ({"search": "EL"}, None),
        ({"search": "virgin", "kind": "country"}, ["VGB", "VIR"]),
        ({"search": "union", "kind": "group"}, ["EU"]),
        ({"kind": "world"}, ["WLD"]),
        ({"search": "atlantis"}, []),
        ({"search": "-"}, []),
    ],
)
def test_areas_are_searched_by_name_alias_and_code(client, query, codes):
    found = fetch_codes(client, **query)

    assert found == codes if codes is not None else "GRC" in found


def test_areas_come_in_pages(client):
    first = client.get("/v1/areas?limit=300").json
    second = client.get(first["links"]["next"]).json

    codes = [row["code"] for row in first["data"] + second["data"]]
    assert len(first["data"]) == 300
    assert codes == sorted(set(codes))
    assert second["links"]["next"] is None


def test_lists_have_the_canonical_code_of_their_reporter(client):
    assert client.get("/v1/releases?reporter=japan").json["meta"]["parameters"] == {"reporter": "JPN"}


def test_commodity_codes_are_searched_by_name_and_code(client):
    def search(text):
        return [row["code"] for row in client.get(f"/v1/classifications/H6?search={text}").json["data"]]

    assert {"8542", "8486"} <= set(search("integrated circuits"))
    assert search("8542") == ["8542", "854231", "854232", "854233", "854239", "854290"]


KOREA = "Korea, Republic of"


@pytest.mark.parametrize(
    ("partner", "codes"),
    [
        (KOREA, ["KOR"]),
        ("korea,  rep. of", ["KOR"]),
        (f"{KOREA},CHN", ["CHN", "KOR"]),
        (f"Bolivia, Plurinational State of,{KOREA}", ["BOL", "KOR"]),
        ("Korea, Democratic People's Republic of,Korea, Republic of", ["KOR", "PRK"]),
        ("Hong Kong,China", ["CHN", "HKG"]),  # two names
        ("Areas, nes", ["UNC-899"]),
    ],
)
def test_names_with_a_comma_are_one_member_of_a_list(client, figures, partner, codes):
    figures({("X", code, "TOTAL", "2023"): 5 for code in ("WLD", *codes)})

    answer = client.get("/v1/flows", query_string={"reporter": "Japan", "flow": "X", "partner": partner}).json
    again = client.get(answer["links"]["self"]).json

    assert answer["meta"]["parameters"]["partner"] == codes
    assert sorted(row["partner"] for row in answer["data"]) == codes
    assert again == answer


def test_a_reporter_can_have_a_name_with_a_comma(client, figures):
    figures({"2023": 5}, reporter="KOR")

    answer = client.get("/v1/flows", query_string={"reporter": KOREA, "flow": "X"}).json

    assert [(row["reporter"], row["value"]) for row in answer["data"]] == [("KOR", 5)]
