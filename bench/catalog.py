"""The queries that every competitor answers, and the parameters that they are sent with."""

import math
import random
from dataclasses import dataclass, replace

FIRST_MONTH, LAST_MONTH = "2014-01", "2023-12"
MONTHS = [f"{year}-{month:02}" for year in range(2015, 2024) for month in range(1, 13)]
"""The months with a month one year before."""
MAX_REQUESTS = 20_000
"""Requests that are prepared for one competitor and query; no two are equal."""

Parameters = dict[str, str]
PAGE_COLUMNS = (
    "reporter", "partner", "flow", "commodity", "period", "value", "yoy_base", "yoy_change", "yoy_pct", "yoy_status",
)  # fmt: skip
SERIES_COLUMNS = (*PAGE_COLUMNS, "pop_pct", "ytd_pct", "r12_pct")
PARTNER_COLUMNS = (*PAGE_COLUMNS, "partner_share_pct", "partner_contribution_pp")
COMMODITY_COLUMNS = (*PAGE_COLUMNS, "commodity_share_pct", "commodity_contribution_pp")


@dataclass(frozen=True)
class Query:
    """A query; the service is asked for `columns`, and the competitors' figures are compared in them."""

    name: str
    title: str
    columns: tuple[str, ...]


SERIES = Query("series", "a series of 10 years", SERIES_COLUMNS)
PARTNERS = Query("partners", "top 20 partners", PARTNER_COLUMNS)
COMMODITIES = Query("commodities", "top 20 chapters of a pair, both flows", COMMODITY_COLUMNS)
PAGE_100 = Query("page_100", "a page of 100", PAGE_COLUMNS)
PAGE_1000 = Query("page_1000", "a page of 1,000", PAGE_COLUMNS)
EU_SERIES = Query("group", "a series of the EU", SERIES_COLUMNS)
EXPORT = Query("export", "an export of a million rows", PAGE_COLUMNS)
QUERIES = {query.name: query for query in (SERIES, PARTNERS, COMMODITIES, PAGE_100, PAGE_1000, EU_SERIES)}
"""All queries but the export, which is measured apart."""


@dataclass(frozen=True)
class Codes:
    """The codes in the database, in descending order of trade, and the rows of a month of one flow."""

    reporters: list[str]
    partners: list[str]
    commodities: list[str]
    chapters: list[str]
    rows_per_month: int


def common_codes(earlier: Codes, later: Codes) -> Codes:
    """Return the codes that both databases have, in the order of the later one: areas differ between versions."""
    lists = {name: [code for code in codes if code in vars(earlier)[name]] for name, codes in _code_lists(later)}
    return replace(later, **lists)


def _code_lists(codes: Codes) -> list[tuple[str, list[str]]]:
    return [(name, value) for name, value in vars(codes).items() if isinstance(value, list)]


def choose_parameters(query: Query, codes: Codes, *, seed: str, count: int = MAX_REQUESTS) -> list[Parameters]:
    """Return at most `count` different sets of parameters, in an order that `seed` determines."""
    random_source = random.Random(f"{query.name} {seed}")  # noqa: S311 - the same parameters in every run
    choices = _parameter_choices(query, codes)
    possible_count = math.prod(map(len, choices.values()))
    parameter_sets: dict[tuple[str, ...], None] = {}
    while len(parameter_sets) < min(count, possible_count // 2 + 1):
        parameter_sets[tuple(random_source.choice(values) for values in choices.values())] = None
    return [dict(zip(choices, values, strict=True)) for values in parameter_sets]


def _parameter_choices(query: Query, codes: Codes) -> dict[str, list[str]]:
    reporter, flow, month = {"reporter": codes.reporters}, {"flow": ["X", "M"]}, {"period": MONTHS}
    match query.name:
        case "series":
            return reporter | {"partner": codes.partners[:40]} | flow | {"commodity": codes.commodities[:400]}
        case "group":
            return reporter | {"partner": ["EU"]} | flow | {"commodity": codes.chapters + codes.commodities}
        case "partners":
            return reporter | flow | {"commodity": codes.chapters} | month
        case "commodities":
            return reporter | {"partner": codes.partners[:100]} | month
        case "export":
            months = min(len(MONTHS), max(1, round(1_000_000 / codes.rows_per_month)))
            return reporter | flow | {"first": [MONTHS[0]], "last": [MONTHS[months - 1]]}
        case page:
            rows = int(page.removeprefix("page_"))
            return reporter | flow | month | {"limit": [str(n) for n in range(rows - rows // 5 + 1, rows + 1)]}
