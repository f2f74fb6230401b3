"""The first request after the data changed is answered from the new data, whatever the request is."""

import pytest

CHINA_AND_APPLES = {("X", "CHN", "A", "2023-01"): 1, ("X", "CHN", "A", "2024-01"): 2}


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/v1/flows", {"reporter": "JPN", "period": "2024-01", "flow": "exports-of", "commodity": "A"}, 422),
        ("/v1/flows", {"reporter": "JPN", "period": "2024-01", "limit": "ten", "commodity": "no"}, 422),
        ("/v1/flows", {"reporter": "JPN", "period": "2024-01", "commodity": "A"}, 200),
        ("/v1/series", {"reporter": "JPN", "period": "2024-13", "commodity": "A"}, 422),
        ("/v1/mirror", {"reporter": "JPN", "partner": "CHN", "period": "2024-01", "flow": "RX", "commodity": "A"}, 422),
        ("/explore", {"reporter": "Japan", "partner": "China", "commodity": "A"}, 303),
        ("/search", {"q": "Japan exports of apples to China"}, 303),
        ("/oembed", {"url": "http://localhost/explore?reporter=JPN&partner=CHN&commodity=A"}, 200),
    ],
)
def test_no_request_fails_after_the_data_changed(client, figures, path, query, status):
    figures({("X", "WLD", "TOTAL", "2024-01"): 5}, published="2024-02-27")
    assert client.get("/v1/flows?reporter=JPN&flow=X&period=2024-01").json["data"][0]["value"] == 5
    figures(CHINA_AND_APPLES, published="2024-02-28")

    response = client.get(path, query_string=query)

    assert response.status_code == status, response.text
