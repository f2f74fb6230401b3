"""An answer has a tag that depends on the data and the question alone, and is not sent twice."""

QUESTION = {"reporter": "JPN", "flow": "X,M", "partner": "CHN,USA", "period": "2024-01"}


def test_an_answer_that_the_client_holds_is_not_sent_again(demo):
    etag = demo.get("/v1/flows", query_string=QUESTION).headers["ETag"]

    for held in (etag, f"W/{etag}", f'"other", {etag}'):
        answer = demo.get("/v1/flows", query_string=QUESTION, headers={"If-None-Match": held})
        assert (answer.status_code, answer.data) == (304, b"")
        assert answer.headers["ETag"] == etag
        assert {"Cache-Control", "Vary"} <= set(answer.headers.keys())


def test_the_order_of_parameters_and_list_members_changes_neither_tag_nor_answer(demo):
    one = demo.get("/v1/flows?reporter=JPN&partner=CHN,USA&flow=X,M&period=2024-01")
    other = demo.get("/v1/flows?period=2024-01&flow=M,X&partner=USA,CHN&reporter=JPN")

    assert one.headers["ETag"] == other.headers["ETag"]
    assert one.json["data"] == other.json["data"]


def test_another_question_or_form_has_another_tag(demo):
    tags = {
        demo.get("/v1/flows", query_string=QUESTION | given).headers["ETag"]
        for given in (
            {},
            {"limit": "1"},
            {"period": "2023-12"},
            {"format": "csv"},
            {"sort": "value"},
            {"sort": "-value"},
        )
    }

    assert len(tags) == 6


def test_new_data_make_a_new_tag(client, figures):
    figures({"2020": 100})
    question = {"reporter": "JPN", "frequency": "A"}
    before = client.get("/v1/flows", query_string=question).headers["ETag"]
    figures({"2021": 100}, published="2024-03-01")

    answer = client.get("/v1/flows", query_string=question, headers={"If-None-Match": before})

    assert answer.status_code == 200
    assert answer.headers["ETag"] != before


def test_an_answer_pinned_to_the_past_may_be_kept_for_ever(demo):
    pinned = demo.get("/v1/flows", query_string=QUESTION | {"as_of": "2024-02-28"})
    current = demo.get("/v1/flows", query_string=QUESTION)

    assert "immutable" in pinned.headers["Cache-Control"]
    assert "immutable" not in current.headers["Cache-Control"]
