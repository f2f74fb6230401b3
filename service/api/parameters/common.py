"""Query parameters that several resources share."""

from marshmallow import Schema

from service.api.contract.formats import CHARTED_FORMATS, EXPLORER_FORMATS, TABLE_FORMATS
from service.api.parameters.types import (
    AreaList,
    Boolean,
    BoundedInteger,
    CalendarDate,
    Choice,
    CommaSeparated,
    Levels,
    Periods,
    RateBasis,
    Text,
)
from service.domain.flows import FLOW_SYNONYMS, FLOWS
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.domain.periods import PeriodRange

LATEST_PERIOD = (PeriodRange("latest", "latest"),)
MAX_PAGE_ROWS = 10_000
DEFAULT_PAGE_ROWS = 100
CHART_MEASURES = ("value", "growth", "share", "index", "contribution")
CHART_THEMES = ("light", "dark")
MIN_CHART_WIDTH_PX, DEFAULT_CHART_WIDTH_PX, MAX_CHART_WIDTH_PX = 320, 720, 1600


class PresentationParams(Schema):
    """Parameters of any response that select its columns, its page and its format."""

    fields_ = CommaSeparated(
        data_key="fields",
        attribute="fields",
        metadata={
            "description": "Columns of the response, comma separated; key columns are always included. "
            "Default: all columns.",
        },
    )
    limit = BoundedInteger(
        min_value=1,
        max_value=MAX_PAGE_ROWS,
        metadata={
            "description": "Maximum number of rows, 1 to 10,000. Default: 100 in JSON, and all rows in CSV, NDJSON "
            "and Parquet.",
            "examples": [10],
        },
    )
    cursor = Text(
        metadata={
            "description": "Cursor of the next page, from `links.next`. Opaque; it expires when the data change.",
            "examples": ["WzE3LCJjMGZmZWUiLFsiMjAyNC0wMSJdXQ"],
        }
    )
    format = Choice(
        TABLE_FORMATS,
        metadata={
            "description": "Format of the response. Default: the format that the Accept header prefers, else JSON.",
            "examples": ["json"],
        },
    )


class TableParams(PresentationParams):
    """Parameters of tables of figures: whether rows have names, the order of rows, and whether all rows are counted."""

    labels = Boolean(
        metadata={
            "description": "`true` adds the columns `partner_name` and `commodity_name`. Default: `true` in rankings.",
            "examples": [True],
        },
    )
    sort = CommaSeparated(
        metadata={
            "description": "Numeric columns to sort by, comma separated, `-` for descending; nulls come last. "
            "Default: the order of the resource.",
        }
    )
    count = Choice(
        ("exact",),
        metadata={
            "description": "`exact` adds `meta.total`, the number of rows over all pages.",
            "examples": ["exact"],
        },
    )


class DatasetParams(Schema):
    """Parameters that select the dataset, its vintage, and the currency of values."""

    classification = Text(
        metadata={
            "description": "Classification of commodities: `HS`, `H6`, `JP-PC` ... `HS` answers each period from the "
            "newest edition published for it, and compares editions by their concordance; `H6` is that edition only. "
            "Default: that of the reporter.",
            "examples": ["JP-PC"],
        }
    )
    dataset = Text(
        metadata={
            "description": "Code of the dataset, as listed by /v1/reporters. Default: of the reporter's datasets that "
            "published the requested periods, the one with the requested partners and commodities; official files "
            "before the demo, exhaustive ones before selections, months before years, the newest edition first.",
            "examples": ["jpn-pc-m-demo"],
        }
    )
    as_of = CalendarDate(
        metadata={
            "description": "Day as of which figures and growth were known. Default: today.",
            "examples": ["2024-02-28"],
        }
    )
    currency = Text(
        metadata={
            "description": "Currency of all values, `USD`. Default: the reported currency. Each period is converted at "
            "its own rate, so that growth differs by currency; the rate is in the row.",
            "examples": ["USD"],
        }
    )
    fx = RateBasis(
        metadata={
            "description": "Exchange rate, with `currency`: `average` of the days of the period (default), `end` of "
            "the period, or the rate of one day for all periods, `2024-02-21`.",
            "examples": ["end"],
        }
    )


class FigureQueryParams(DatasetParams, TableParams):
    """Parameters of every request for figures."""

    reporter = Text(
        required=True,
        metadata={
            "description": "Reporter: ISO 3166-1 alpha-3 (`JPN`). ISO2 (`JP`), M49 (`392`), English names "
            "(`Japan`) and codes of sources (`us-census:5880`) are also accepted; the response has the canonical code.",
            "example": "JPN",
        },
    )
    frequency = Choice(
        tuple(MONTHS_PER_PERIOD),
        load_default=None,
        metadata={
            "description": "`M` months, `Q` quarters, `H` half-years, `A` years, `F` fiscal years of the reporter. "
            "Longer periods that are not published are sums of shorter ones, marked incomplete where months are "
            "missing. Default: the finest frequency that is loaded for the reporter and the requested dataset, "
            "classification or commodities.",
            "examples": ["M"],
        },
    )
    period = Periods(
        accepts_fiscal_years=True,
        load_default=LATEST_PERIOD,
        metadata={
            "default": "latest",
            "description": "Periods: `2024-01`, `2023-Q4`, `2023-H2`, `2023`, `FY2023`, `latest`, `all`, a list, or an "
            "inclusive range `2023-01..2024-01`, open on one side as `2023-01..`. `202401`, `2024M01` and `2023Q4` are "
            "accepted too. A period longer than the frequency means the periods in it. `FY2023` is the fiscal year of "
            "the reporter that begins in 2023: of Japan April 2023 to March 2024.",
            "example": "2024-01",
        },
    )


class CompositionParam(Schema):
    """The parameter that selects the composition of groups: the members in each period, or those of one day."""

    composition = CalendarDate(
        metadata={
            "description": "Day whose members make up each group in every period, `2017-12-31`: the group is then a "
            "sum of members, even if the source publishes it. Where left out, a group has the members of each period, "
            "and its growth compares them with the same members in the base period.",
            "examples": ["2017-12-31"],
        }
    )


class TradeParams(CompositionParam, FigureQueryParams):
    """Parameters of every request for figures of single flows."""

    flow = CommaSeparated(
        tuple(FLOWS),
        synonyms=FLOW_SYNONYMS,
        load_default=("X", "M"),
        metadata={
            "description": "Flows, comma separated: `X` exports, `M` imports, and where reported `RX` re-exports, "
            "`RM` re-imports, `DX` domestic exports. `exports` and `imports` are accepted too.",
            "example": "X",
        },
    )


class PartnerParam(Schema):
    """The parameter that selects partners."""

    partner = AreaList(
        load_default=("WLD",),
        metadata={
            "description": "Partners, comma separated: countries (`CHN`), groups (`ASEAN`), `WLD` the World, "
            "`all` every single country and area. ISO2, M49, English names (`China`) and codes of sources "
            "(`jp-customs:105`) are accepted too; a bare number is M49. /v1/areas lists them.",
            "example": "CHN",
        },
    )


class CommodityParam(Schema):
    """The parameter that selects commodities."""

    commodity = CommaSeparated(
        load_default=("TOTAL",),
        metadata={
            "description": "Commodity codes, comma separated; `TOTAL` is all commodities together, `all` every "
            "single commodity of `level`.",
            "example": "TOTAL",
        },
    )


class LevelParam(Schema):
    """The parameter that selects levels of the classification."""

    level = Levels(
        metadata={
            "description": "Levels of the classification, comma separated: 2, 4, 6 (HS), 1 to 4 (JP-PC). "
            "Default: the default level of the classification.",
            "examples": ["1"],
        }
    )


class ResidualParam(Schema):
    """The parameter that adds residual rows to a ranking, so that its rows add up to the total."""

    residual = Boolean(
        metadata={
            "description": "`true` adds two residual rows for each flow: `other` for the rows beyond `limit`, and "
            "`unallocated` for the part of the total that the published breakdown does not cover. With them values, "
            "shares and contributions add up. Requires a single period; there are no pages, and `limit` applies to "
            "each flow.",
            "examples": [True],
        }
    )


class ExplorerParams(Schema):
    """The parameter `format` of resources whose figures also have an HTML page."""

    format = Choice(
        EXPLORER_FORMATS,
        metadata={
            "description": "Format of the response; `html` leads to a page. Default: the format that the Accept header "
            "prefers, else JSON.",
            "examples": ["json"],
        },
    )


class ChartParams(Schema):
    """The parameter `format` of resources that also have an HTML page and a chart, and the properties of the chart."""

    format = Choice(
        CHARTED_FORMATS,
        metadata={
            "description": "Format of the response; `html` leads to a page, and `svg`, `png` and `vega-lite` are a "
            "chart. Default: the format that the Accept header prefers, else JSON.",
            "examples": ["json"],
        },
    )
    chart = Choice(
        CHART_MEASURES,
        metadata={
            "description": "Measure of the chart: `value` (default), `growth` from a year earlier, `share`, `index` "
            "(the first period is 100) for time series, `contribution` to the growth of the total for rankings. "
            "Balances are drawn by value.",
            "examples": ["growth"],
        },
    )
    width = BoundedInteger(
        min_value=MIN_CHART_WIDTH_PX,
        max_value=MAX_CHART_WIDTH_PX,
        metadata={
            "description": "Width of the chart in pixels, 320 to 1,600. Default: 720. A PNG has twice as many.",
            "examples": [720],
        },
    )
    theme = Choice(
        CHART_THEMES,
        metadata={"description": "Colours of the chart: `light` (default) or `dark`.", "examples": ["light"]},
    )
    title = Boolean(
        metadata={
            "description": "`false` leaves out the title of the chart, which states its finding. Default: `true`.",
            "examples": [False],
        }
    )
