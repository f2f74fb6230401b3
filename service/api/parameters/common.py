"""The parameters that resources share, each described once."""

from marshmallow import Schema

from service.api.contract.formats import TABLE_FORMATS
from service.api.parameters.types import (
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
from service.domain.flows import FLOWS
from service.domain.periods import PeriodRange

LATEST_PERIOD = (PeriodRange("latest", "latest"),)
MAX_PAGE_ROWS = 10_000
DEFAULT_PAGE_ROWS = 100


class PresentationParams(Schema):
    """How an answer looks, whatever it is about."""

    fields_ = CommaSeparated(
        data_key="fields",
        attribute="fields",
        metadata={
            "description": "Columns to give, comma separated; the key columns always come. All where left out.",
        },
    )
    limit = BoundedInteger(
        min_value=1,
        max_value=MAX_PAGE_ROWS,
        metadata={
            "description": "Rows to give at most, 1 to 10,000; 100 where left out. CSV, NDJSON and Parquet "
            "without it give all rows.",
            "examples": [10],
        },
    )
    cursor = Text(
        metadata={
            "description": "Where to go on: the `cursor` of `links.next`. Opaque; it holds to the data it began with.",
            "examples": ["WzE3LCJjMGZmZWUiLFsiMjAyNC0wMSJdXQ"],
        }
    )
    format = Choice(
        TABLE_FORMATS,
        metadata={
            "description": "Form of the answer; where left out, the Accept header decides, and JSON without one.",
            "examples": ["json"],
        },
    )


class TableParams(PresentationParams):
    """How rows of figures look, and in which order they come."""

    labels = Boolean(
        metadata={
            "description": "`true` adds names, `partner_name` and `commodity_name`; rankings have them unless `false`.",
            "examples": [True],
        },
    )
    sort = CommaSeparated(
        metadata={
            "description": "Columns of numbers to sort by, `-` for descending; nulls come last. "
            "The resource's own order where left out.",
        }
    )
    count = Choice(
        ("exact",),
        metadata={
            "description": "`exact` adds the number of all rows, over all pages, as `meta.total`.",
            "examples": ["exact"],
        },
    )


class DatasetParams(Schema):
    """Which figures to answer from, and in which currency."""

    classification = Text(
        metadata={
            "description": "Classification of goods: `HS`, `H6`, `JP-PC` ...; the reporter's own where left out.",
            "examples": ["JP-PC"],
        }
    )
    dataset = Text(
        metadata={
            "description": "Code of the dataset to answer from, as /v1/reporters lists them; where left out, the "
            "reporter's that fits classification and frequency, official files before the demo.",
            "examples": ["jpn-pc-m-demo"],
        }
    )
    as_of = CalendarDate(
        metadata={
            "description": "Figures and growth as they were known on this day; as known today where left out.",
            "examples": ["2024-02-28"],
        }
    )
    currency = Text(
        metadata={
            "description": "Currency to give all values in, `USD`; as reported where left out. Each period is "
            "converted at its own rate, so that growth differs by currency; the rate is in the row.",
            "examples": ["USD"],
        }
    )
    fx = RateBasis(
        metadata={
            "description": "With `currency`: at which rate, `average` of the period's days (where left out), `end` of "
            "the period, or that of one day for all periods, `2024-02-21`.",
            "examples": ["end"],
        }
    )


class FigureQueryParams(DatasetParams, TableParams):
    """What every question about figures can say."""

    reporter = Text(
        required=True,
        metadata={
            "description": "Who reports: ISO 3166-1 alpha-3 (`JPN`). ISO2, M49 and sources' own codes are "
            "resolved; the canonical code is echoed.",
            "example": "JPN",
        },
    )
    frequency = Choice(
        ("M", "Q", "A"),
        load_default="M",
        metadata={
            "description": "`M` months, `Q` quarters, `A` years; coarser ones are added up where they are not "
            "published, and marked incomplete where months are missing.",
            "examples": ["M"],
        },
    )
    period = Periods(
        load_default=LATEST_PERIOD,
        metadata={
            "default": "latest",
            "description": "Periods: `2024-01`, `2023-Q4`, `2023`, `latest`, `all`, a list, or an inclusive range "
            "`2023-01..2024-01`, open to a side as `2023-01..`. A longer period means the shorter ones in it.",
            "example": "2024-01",
        },
    )


class TradeParams(FigureQueryParams):
    """What every question about figures of single flows can say."""

    flow = CommaSeparated(
        tuple(FLOWS),
        load_default=("X", "M"),
        metadata={
            "description": "Flows, comma separated: `X` exports, `M` imports, and where reported `RX` re-exports, "
            "`RM` re-imports, `DX` domestic exports.",
            "example": "X",
        },
    )


class PartnerParam(Schema):
    """With whom is traded."""

    partner = CommaSeparated(
        load_default=("WLD",),
        metadata={
            "description": "With whom, comma separated: countries (`CHN`), groups (`ASEAN`), `WLD` the World, "
            "`all` every single country and area.",
            "example": "CHN",
        },
    )


class CommodityParam(Schema):
    """In what is traded."""

    commodity = CommaSeparated(
        load_default=("TOTAL",),
        metadata={
            "description": "Commodity codes, comma separated; `TOTAL` is all goods, `all` every commodity of `level`.",
            "example": "TOTAL",
        },
    )


class LevelParam(Schema):
    """How fine goods are told apart."""

    level = Levels(
        metadata={
            "description": "Levels of the classification, comma separated: 2, 4, 6 (HS), 1 to 4 (JP-PC). "
            "The classification's own default where left out.",
            "examples": ["1"],
        }
    )


class ResidualParam(Schema):
    """What a ranking does not show."""

    residual = Boolean(
        metadata={
            "description": "`true` adds, for each flow, a row `other` for the parts that `limit` cuts off and a row "
            "`unallocated` for what the published breakdown does not cover: with them values, shares and contributions "
            "add up. For a single period, without pages; `limit` is then of each flow.",
            "examples": [True],
        }
    )
