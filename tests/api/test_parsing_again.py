"""What is read again of parameters is what marshmallow reads of them."""

from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from service.api.parameters.parse_cache import LONGEST, read_again
from service.resources.flows.schemas import FlowsParams
from service.resources.partners.schemas import PartnersParams

SCHEMAS = [FlowsParams(), PartnersParams()]
VALUES = {
    "reporter": ["JPN", " jp ", "", "X" * (LONGEST + 1)],
    "partner": ["CHN", "CHN,USA,CHN", "CHN,,USA", "all"],
    "flow": ["X", "x,M", "exports"],
    "period": ["2024-01", "latest", "2023-01..2024-01", "2024-13"],
    "as_of": ["2024-02-28", "2024-02-30"],
    "limit": ["10", "0", "ten"],
    "labels": ["true", "False", "1"],
    "fields": ["value,yoy_pct"],
    "partnr": ["CHN"],
}
REQUESTS = st.fixed_dictionaries({}, optional={name: st.sampled_from(texts) for name, texts in VALUES.items()})


@given(schema=st.sampled_from(SCHEMAS), request=REQUESTS)
def test_what_is_read_again_is_what_marshmallow_loads(schema, request):
    read = read_again(schema, request.items())

    try:
        loaded = schema.load(request)
    except ValidationError:
        assert read is None
    else:
        assert read == (None if any(len(text) > LONGEST for text in request.values()) else loaded)
