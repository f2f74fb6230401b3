"""Cached parameter values equal those that marshmallow parses."""

from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from service.api.parameters.strict_parser import MAX_CACHED_CHARACTERS, parse_cached
from service.resources.flows.schemas import FlowsParams
from service.resources.partners.schemas import PartnersParams

SCHEMAS = [FlowsParams(), PartnersParams()]
PARAMETER_VALUES = {
    "reporter": ["JPN", " jp ", "", "X" * (MAX_CACHED_CHARACTERS + 1)],
    "partner": ["CHN", "CHN,USA,CHN", "CHN,,USA", "all"],
    "flow": ["X", "x,M", "exports"],
    "period": ["2024-01", "latest", "2023-01..2024-01", "2024-13"],
    "as_of": ["2024-02-28", "2024-02-30"],
    "limit": ["10", "0", "ten"],
    "labels": ["true", "False", "1"],
    "fields": ["value,yoy_pct"],
    "partnr": ["CHN"],
}
QUERY_STRATEGY = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(texts) for name, texts in PARAMETER_VALUES.items()}
)


@given(schema=st.sampled_from(SCHEMAS), request=QUERY_STRATEGY)
def test_cached_parsing_equals_marshmallow_loading(schema, request):
    read = parse_cached(schema, request.items())

    try:
        loaded = schema.load(request)
    except ValidationError:
        assert read is None
    else:
        assert read == (None if any(len(text) > MAX_CACHED_CHARACTERS for text in request.values()) else loaded)
