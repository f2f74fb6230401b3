"""Unmapped codes are named in `meta` of the responses whose figures contain them, and of no others."""

import pytest

from service.app import create_app
from tests.ingest.conftest import CSV_HEADER, TidyFileLoader
from tests.ingest.sources.test_unmapped_codes import HS_MAPPING

ROWS = """2023-01,export,CHN,851712,10
2024-01,export,CHN,854231,5
2024-01,export,Atlantis,854231,7
2024-01,import,USA,scrap,3
2022-01,export,USA,854231,3
"""
"""851712 is of HS 2017; Atlantis and scrap are no codes at all."""


@pytest.fixture
def unmapped_client(engine, tmp_path):
    loader = TidyFileLoader(engine, tmp_path)
    loader(CSV_HEADER + ROWS, mapping=HS_MAPPING)
    return create_app(engine).test_client()


@pytest.mark.parametrize(
    ("path", "query", "codes"),
    [
        ("flows", {"flow": "X", "period": "2023-01"}, ["851712"]),
        ("flows", {"flow": "X", "period": "2024-01"}, ["851712", "jpn-test:Atlantis"]),  # 851712 is in the base
        ("flows", {"flow": "X", "period": "2022-01"}, []),
        ("flows", {"flow": "X", "period": "2022", "frequency": "A"}, []),  # 851712 is in the year after
        ("flows", {"flow": "X", "period": "2023", "frequency": "A"}, ["851712"]),
        ("flows", {"flow": "X", "period": "2024-01", "partner": "CHN", "commodity": "85"}, ["851712"]),
        ("flows", {"flow": "X", "period": "2024-01", "partner": "CHN", "commodity": "854231"}, []),
        ("flows", {"flow": "X", "period": "2024-01", "partner": "USA"}, []),
        ("flows", {"flow": "X", "period": "2024-01", "as_of": "2024-03-01"}, ["851712", "jpn-test:Atlantis"]),
        ("flows", {"flow": "M", "period": "2024-01"}, ["scrap"]),
        ("series", {"flow": "X,M", "period": "all"}, ["851712", "jpn-test:Atlantis", "scrap"]),
        ("balances", {"period": "2024"}, ["851712", "jpn-test:Atlantis", "scrap"]),
        ("partners", {"flow": "X", "period": "2024-01", "commodity": "854231"}, ["jpn-test:Atlantis"]),
        ("commodities", {"flow": "X", "period": "2023-01", "level": "4"}, ["851712"]),
        (
            "commodities",
            {"flow": "X", "period": "2024-01", "level": "6", "partner": "WLD"},
            ["851712", "jpn-test:Atlantis"],
        ),
    ],
)
def test_the_codes_of_the_requested_figures_and_their_bases_are_named(unmapped_client, path, query, codes):
    answer = unmapped_client.get(f"/v1/{path}", query_string={"reporter": "JPN"} | query)

    assert answer.status_code == 200, answer.json
    assert sorted(code["code"] for code in answer.json["meta"].get("unmapped", [])) == codes


def test_a_named_code_has_its_dataset_label_and_parent(unmapped_client):
    meta = unmapped_client.get("/v1/flows?reporter=JPN&period=2024-01").json["meta"]

    assert meta["unmapped"] == [
        {"dataset": "jpn-test", "dimension": dimension, "code": code, "label": label, "parent": parent}
        for dimension, code, label, parent in (
            ("commodity", "851712", "851712", "8517"),
            ("partner", "jpn-test:Atlantis", "Atlantis", None),
            ("commodity", "scrap", "scrap", "UNMAPPED"),
        )
    ]
