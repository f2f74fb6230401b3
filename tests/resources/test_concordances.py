"""Concordances between editions: facts of the World Customs Organization's correlation of HS 2017 and HS 2022."""


def fetch(client, **query):
    return client.get("/v1/concordances", query_string=query)


def pairs(answer):
    assert answer.status_code == 200, answer.json
    return [(row["code"], row["target_code"], row["relation"]) for row in answer.json["data"]]


def test_codes_of_two_editions_have_a_kind_of_relation(client):
    coats = fetch(client, classification="H5", target="H6", commodity="620111,620191,010121,030510")
    split = fetch(client, classification="H6", target="H5", commodity="620120")
    chips = fetch(client, classification="H5", commodity="854231")  # the next edition

    assert pairs(coats) == [
        ("010121", "010121", "1:1"),
        ("030510", "030910", "1:1"),
        ("620111", "620120", "n:1"),
        ("620191", "620120", "n:1"),
    ]
    assert pairs(split) == [("620120", "620111", "1:n"), ("620120", "620191", "1:n")]
    waste = ("854921", "854929", "854931", "854939", "854991", "854999")
    assert pairs(chips) == [
        ("854231", "854231", "1:n"),  # what is left of it without the waste
        *(("854231", code, "n:n") for code in waste),
    ]


def test_a_concordance_leads_over_the_editions_between(client):
    horses = pairs(fetch(client, classification="H3", target="H6", commodity="0101"))

    # HS 2012 divided pure-bred horses and asses otherwise than HS 2007; since then the codes are the same.
    assert ("010190", "010190", "1:n") in horses
    assert {code for code, _, _ in horses} == {"010110", "010190"}


def test_a_concordance_has_pages_and_errors(client):
    first = fetch(client, classification="H5", commodity="62", limit=2)
    wrong = [fetch(client, classification="H9"), fetch(client, classification="H5", target="H5")]
    wrong.append(fetch(client, classification="H5", commodity="620112,129999"))

    assert len(pairs(first)) == 2
    assert len(pairs(client.get(first.json["links"]["next"]))) == 2
    assert [(answer.status_code, answer.json["errors"][0]["parameter"]) for answer in wrong] == [
        (422, "classification"),
        (422, "target"),
        (422, "commodity"),
    ]
