"""The resource /v1/series."""

from service.analytics.sql.keyset_pagination import Order
from service.api.contract.formats import CHARTED_FORMATS
from service.api.responses.table_resource import TableResource
from service.resources.series.queries import series_table
from service.resources.series.schemas import SeriesRow

ORDER = tuple(Order(column, is_not_null=True) for column in ("flow", "partner_id", "commodity_id", "period"))
MAX_SERIES = 1000
SERIES = TableResource(
    SeriesRow,
    series_table,
    default_order=ORDER,
    key_order=ORDER,
    max_series=MAX_SERIES,
    formats=CHARTED_FORMATS,
    can_stitch=True,
)
