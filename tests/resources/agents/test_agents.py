"""Tools for AI agents: the protocol over HTTP, few tokens, names understood, answers with links, errors with advice."""

import json

QUESTION = {"reporter": "Japan", "partner": "China", "flow": "exports", "period": "January 2024", "currency": "USD"}
CHARACTERS_PER_TOKEN = 3  # fewer than in any common tokenizer


def post(client, method, **params):
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    return client.post("/mcp", json=message, headers={"Accept": "application/json, text/event-stream"})


def call(client, name, **arguments):
    result = post(client, "tools/call", name=name, arguments=arguments).json["result"]
    return result["content"][0]["text"], result["isError"]


def test_the_handshake_names_the_service_and_its_tools(demo):
    initialized = post(demo, "initialize", protocolVersion="2025-06-18", capabilities={}).json["result"]
    notified = demo.post("/mcp", json={"jsonrpc": "2.0", "method": "notifications/initialized"})
    tools = post(demo, "tools/list").json["result"]["tools"]

    assert (initialized["protocolVersion"], initialized["serverInfo"]["name"]) == ("2025-06-18", "tradeflows")
    assert (notified.status_code, notified.data) == (202, b"")
    assert 6 <= len(tools) <= 8
    assert len(json.dumps(tools)) / CHARACTERS_PER_TOKEN < 3000


def test_growth_in_yen_and_in_dollars_takes_one_call(demo):
    text, is_error = call(demo, "get_series", **QUESTION)

    sentence, _, header, row, *_, link = text.splitlines()
    cells = dict(zip(header.split(","), row.split(","), strict=True))
    assert not is_error
    assert sentence == (
        "Japan's exports to China in January 2024 were 1.25 trillion yen, up 29.2% from a year earlier; "
        "converted, they were 8.55 billion US dollars, up 15.3% from a year earlier."
    )
    # Growth in yen is that of the published table, in dollars that of tests/resources/test_exchange_rates.py.
    assert (cells["yoy_pct"], cells["yoy_pct_usd"]) == ("29.2195", "15.3389")
    reproduced = demo.get(link.removeprefix("Link: http://localhost")).json["data"]
    assert [row["yoy_pct"] for row in reproduced] == [15.3389]


def test_rankings_are_bounded_and_say_so(demo):
    partners, _ = call(demo, "rank_partners", reporter="Japan", sort="contribution", limit=2, period="2024-01")
    commodities, _ = call(demo, "rank_commodities", reporter="JPN", partner="the United States", period="2024-01")

    assert [line.split(",")[0] for line in partners.splitlines()[2:5]] == ["partner", "CHN", "USA"]
    assert "truncated: only the first 2 rows; the link has all" in partners
    all_partners = demo.get(partners.partition("Link: http://localhost")[2])
    assert len(all_partners.json["data"]) > 2
    assert all_partners.json["links"]["next"] is None
    assert commodities.startswith("Japan's exports in January 2024: the first commodities by value are")


def test_other_tools_answer_in_words(demo):
    briefing, _ = call(demo, "get_briefing", reporter="Japan", period="2024-01")
    total, _ = call(demo, "explain_difference", reporter="Japan", period="2024-01")
    codes, _ = call(demo, "find_codes", text="Korea")
    datasets, _ = call(demo, "list_data")
    text = "Japan's exports to China rose 29.2 percent in January 2024."
    checked, _ = call(demo, "check_text", text=text, published="2024-03-01")

    assert briefing.startswith("Japan's exports in January 2024 were 7.33 trillion yen, up 11.9% from a year earlier")
    assert {"country,KOR,South Korea", "country,PRK,North Korea"} <= set(codes.splitlines())
    assert "Japan's exports in January 2024 were 7.33 trillion yen" in total
    assert "jpn-pc-m-demo" in datasets
    assert datasets.startswith("2 datasets are loaded.")
    assert checked.startswith("1 number on trade: 1 holds.")
    assert "29.2 percent,holds,29.2195,yoy_pct,2024-01" in checked


def test_a_difference_is_explained_by_the_readings_of_a_figure(demo):
    arguments = {"reporter": "Japan", "partner": "China", "period": "January 2024"}

    plain, _ = call(demo, "explain_difference", **arguments)
    claimed, _ = call(demo, "explain_difference", **arguments, claimed=8.46e9, currency="usd")
    invalid, is_error = call(demo, "explain_difference", **arguments, claimed="many")

    assert plain.startswith("Japan's exports to China in January 2024 were 1.25 trillion yen, up 29.2%")
    assert '"In US dollars, at the average rate of the period.",8551689192,USD,15.3389' in plain
    # 1,250,314,515,000 yen at the last rate of January 2024 are 8.458 billion dollars; 8.46 is 0.02% above.
    sentence, _, header, first, *_, link = claimed.splitlines()
    assert "The closest reading is 0.0% from the claimed 8.46 billion US dollars: 8.46 billion US dollars" in sentence
    assert header.startswith("kind,reason,value,currency,yoy_pct,difference_pct,unexplained_pct")
    assert first.startswith("exchange_rate,At the last rate of the period.,8458492040,USD,13.9995,-1.0898,0.0178")
    reproduced = demo.get(link.removeprefix("Link: http://localhost")).json["data"]
    assert (reproduced[0]["kind"], reproduced[0]["value"]) == ("exchange_rate", 8458492040)
    assert is_error
    assert invalid == "claimed: it is not a number in the range of the argument."


def test_the_figure_and_its_growth_in_dollars_take_two_calls(demo):
    known, _ = call(demo, "get_series", **QUESTION | {"currency": None})
    explained, _ = call(demo, "explain_difference", reporter="Japan", partner="China", period="January 2024")

    assert "up 29.2% from a year earlier" in known
    assert ",JPY,29.2195," in known
    assert "USD,15.3389" in explained


def test_errors_say_what_would_be_right(demo):
    assert call(demo, "get_series", reporter="Japann") == (
        "reporter: it is neither the code nor the name of an area; /v1/areas?search= finds areas by name. "
        "Did you mean JPN?",
        True,
    )
    assert "get_series has no such argument" in call(demo, "get_series", country="Japan")[0]
    assert "There is no tool get_serie" in call(demo, "get_serie")[0]
    assert post(demo, "resources/list").json["error"]["code"] == -32601
    assert demo.post("/mcp", data="{").status_code == 400
    assert demo.get("/mcp").status_code == 405


def test_the_page_for_agents_links_to_resources_that_answer(demo):
    page = demo.get("/llms.txt").text

    assert page.startswith("# tradeflows\n\n> ")
    links = [part.split(")")[0] for part in page.split("](http://localhost")[1:]]
    assert [link for link in links if demo.get(link, headers={"Accept": "*/*"}).status_code != 200] == ["/mcp"]
