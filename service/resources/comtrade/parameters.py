"""Parameters of UN Comtrade's API: their names in any spelling of upper and lower case, and their values."""

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import Schema

from service.api.parameters.strict_parser import load_parameters
from service.api.parameters.types import Boolean, BoundedInteger, Choice, CommaSeparated, Text

MAX_RESPONSE_ROWS = 250_000
MAX_PREVIEW_ROWS = 500


class ComtradeParams(Schema):
    """Parameters of all operations of the API that is compatible with UN Comtrade.

    A parameter that an operation does not use has no effect.
    """

    reportercode = CommaSeparated(load_default=None)
    partnercode = CommaSeparated(load_default=None)
    partner2code = CommaSeparated(load_default=None)
    flowcode = CommaSeparated(load_default=None)
    cmdcode = CommaSeparated(load_default=None)
    period = CommaSeparated(load_default=None)
    motcode = CommaSeparated(load_default=None)
    customscode = CommaSeparated(load_default=None)
    moscode = CommaSeparated(load_default=None)
    maxrecords = BoundedInteger(min_value=1, max_value=MAX_RESPONSE_ROWS, load_default=MAX_RESPONSE_ROWS)
    format = Choice(("JSON",), load_default="JSON")
    aggregateby = Text(load_default=None)
    breakdownmode = Choice(("classic", "plus"), load_default=None)
    countonly = Boolean(load_default=False)
    includedesc = Boolean(load_default=True)
    publisheddatefrom = Text(load_default=None)
    publisheddateto = Text(load_default=None)
    qtyunitcode = CommaSeparated(load_default=None)
    batchid = Text(load_default=None)


SUBSCRIPTION_KEY = "subscription-key"
_SCHEMA = ComtradeParams()


def comtrade_parameters(arguments: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the parsed parameters of a query string by name in lower case. Repeated parameters are joined.

    :raises InvalidRequest: a parameter is unknown or invalid.
    """
    texts: dict[str, str] = {}
    for name, text in arguments:
        key = name.lower()
        if key != SUBSCRIPTION_KEY and text:
            texts[key] = f"{texts[key]},{text}" if key in texts else text
    return load_parameters(_SCHEMA, texts)


def requests_totals(parameters: Mapping[str, Any]) -> bool:
    """Return whether a request includes the totals over its breakdowns, such as over modes of transport.

    Only these totals are stored.
    """
    totals = {"partner2code": {"0"}, "motcode": {"0"}, "customscode": {"C00"}, "moscode": {"0"}}
    return all(parameters[name] is None or total & set(parameters[name]) for name, total in totals.items())
