"""The offices' own files, as they come: all 32 monthly releases of Japan."""


def one(client, path, **question):
    (row,) = client.get(path, query_string={"reporter": "JPN"} | question).json["data"]
    return row


def test_all_releases_give_the_figures_of_the_demo(japan, demo):
    question = {"reporter": "JPN", "flow": "X,M", "partner": "all", "period": "2024-01", "limit": "1000"}
    columns = ("partner", "flow", "value", "yoy_pct", "pop_pct", "partner_share_pct", "partner_contribution_pp")
    figures = {
        tuple(row[name] for name in columns) for row in japan.get("/v1/flows", query_string=question).json["data"]
    }

    small = {tuple(row[name] for name in columns) for row in demo.get("/v1/flows", query_string=question).json["data"]}

    assert len(small) == 2 * 18
    assert small <= figures


def test_the_gap_of_the_summer_of_2021_is_shown_as_a_gap(japan):
    rows = japan.get("/v1/series?reporter=JPN&flow=X&period=2021-06..2021-09").json["data"]

    assert [(row["period"], row["value"] is None, row["yoy_status"]) for row in rows] == [
        ("2021-06", False, "base_missing"),
        ("2021-07", True, "value_missing"),
        ("2021-08", True, "value_missing"),
        ("2021-09", False, "base_missing"),
    ]
    assert one(japan, "/v1/flows", flow="X", period="2022-07")["yoy_status"] == "base_missing"


def test_a_page_of_everything_comes_in_full(japan):
    meta = japan.get("/v1/flows?reporter=JPN&partner=all&commodity=all&period=all&limit=1&count=exact").json["meta"]

    # 5,355 cells a month; 95 of them are of the World, and in each other area one of each flow is the total,
    # as are those of the European Union, which is no single area.
    assert 0.9 * 32 * 5355 < meta["total"] < 32 * 5355
