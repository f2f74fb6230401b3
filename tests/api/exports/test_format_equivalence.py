"""Every format of a response has the same rows: the same columns and values in the same order."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.api.contract.formats import BARE_ROW_FORMATS
from service.resources.areas.schemas import AreaRow
from service.resources.balances.schemas import BalanceRow
from service.resources.commodities.schemas import CommodityRow
from service.resources.exchange_rates.schemas import ExchangeRateRow
from service.resources.flows.schemas import FlowRow
from service.resources.groups.schemas import GroupRow
from service.resources.partners.schemas import PartnerRow
from service.resources.releases.schemas import ReleaseRow
from service.resources.reporters.schemas import ReporterRow
from service.resources.revisions.schemas import RevisionRow
from service.resources.series.schemas import SeriesRow
from tests.support.decode_formats import decode_rows, replace_empty_lists

FIGURE_RESOURCES = {
    "/v1/flows": FlowRow,
    "/v1/series": SeriesRow,
    "/v1/partners": PartnerRow,
    "/v1/commodities": CommodityRow,
    "/v1/balances": BalanceRow,
    "/v1/revisions": RevisionRow,
}
LIST_RESOURCES = {
    "/v1/reporters": ReporterRow,
    "/v1/areas": AreaRow,
    "/v1/groups": GroupRow,
    "/v1/releases": ReleaseRow,
    "/v1/exchange-rates": ExchangeRateRow,
}
EXCHANGE_RATE_QUERY = {"currency": "JPY", "base": "USD", "period": "all"}
PARTNERS = ("CHN", "USA", "WLD", "ASEAN", "EU", "KOR")
COMMODITIES = ("TOTAL", "IC", "MACHINERY", "FOODSTUFF")
PERIODS = ("latest", "2024-01", "2023-11..2024-01", "2023", "2022-11,2023-11", "all")


def comma_separated_lists(codes):
    return st.lists(st.sampled_from(codes), min_size=1, max_size=3, unique=True).map(",".join)


@st.composite
def figure_requests(draw):
    """Draw a path, the schema of its rows, and a question that a page of JSON answers wholly."""
    path = draw(st.sampled_from(sorted(FIGURE_RESOURCES)))
    question = {
        "reporter": "JPN",
        "partner": draw(comma_separated_lists(PARTNERS)),
        "commodity": draw(comma_separated_lists(COMMODITIES)),
        "period": draw(st.sampled_from(PERIODS)),
    }
    optional = {
        "frequency": st.sampled_from(("M", "Q", "A")),
        "flow": st.sampled_from(("X", "M", "X,M")),
        "as_of": st.sampled_from(("2023-12-31", "2024-01-31")),
        "currency": st.sampled_from(("USD", "EUR", "JPY")),
        "labels": st.sampled_from(("true", "false")),
        "fields": st.lists(
            st.sampled_from(sorted(FIGURE_RESOURCES[path]._declared_fields)), min_size=1, max_size=6, unique=True
        ),
        "limit": st.sampled_from(("1", "7")),
    }
    for name in draw(st.sets(st.sampled_from(sorted(optional)), max_size=4)):
        value = draw(optional[name])
        question[name] = ",".join(value) if isinstance(value, list) else value
    if question.get("frequency", "M") != "M":
        question["period"] = "all"
    if path == "/v1/balances":
        question.pop("flow", None)
    return path, FIGURE_RESOURCES[path], question


@pytest.mark.large
@given(figure_requests())
@settings(max_examples=15, deadline=None)
def test_every_format_has_the_values_of_json(demo, request):
    path, schema, question = request
    asked = {"limit": "10000"} | question
    answer = demo.get(path, query_string=asked)
    assert answer.status_code == 200, answer.json
    expected = decode_rows(answer, "json", schema)

    for form in BARE_ROW_FORMATS:
        found = demo.get(path, query_string=question | {"format": form})
        assert found.status_code == 200, found.json
        assert decode_rows(found, form, schema) == (replace_empty_lists(expected) if form == "csv" else expected), form


@pytest.mark.parametrize("form", BARE_ROW_FORMATS)
@pytest.mark.parametrize("path", sorted(LIST_RESOURCES))
def test_lists_are_available_in_every_format(demo, path, form):
    question = EXCHANGE_RATE_QUERY if path == "/v1/exchange-rates" else {}
    expected = decode_rows(demo.get(path, query_string=question | {"limit": "10000"}), "json", LIST_RESOURCES[path])

    found = demo.get(path, query_string=question | {"format": form})

    assert (
        decode_rows(found, form, LIST_RESOURCES[path])
        == (replace_empty_lists(expected) if form == "csv" else expected)
        != []
    )


@pytest.mark.parametrize("form", BARE_ROW_FORMATS)
def test_a_ranking_with_residuals_is_equal_in_every_format(demo, form):
    question = {"reporter": "JPN", "flow": "X", "period": "2024-01", "residual": "true", "limit": "3"}
    expected = decode_rows(demo.get("/v1/partners", query_string=question), "json", PartnerRow)

    found = decode_rows(demo.get("/v1/partners", query_string=question | {"format": form}), form, PartnerRow)

    assert [row["partner"] for row in found[-2:]] == ["other", "unallocated"]
    assert found == expected


@pytest.mark.parametrize("form", BARE_ROW_FORMATS)
def test_converted_amounts_are_rounded_as_in_json(demo, form):
    question = {"reporter": "JPN", "flow": "X", "partner": "CHN", "period": "2024-01", "currency": "USD"}
    expected = decode_rows(demo.get("/v1/flows", query_string=question), "json", FlowRow)

    found = decode_rows(demo.get("/v1/flows", query_string=question | {"format": form}), form, FlowRow)

    assert found == expected
    assert found[0]["yoy_change"] == found[0]["value"] - found[0]["yoy_base"]
