"""The query for indicators with their figures."""

from datetime import date

from sqlalchemy import select

from service.analytics.sql.types import Query
from service.models import Indicator, IndicatorFigure


def indicator_figures(*, as_of: date | None) -> Query:
    """Select pairs of indicator and figure, published by the day of `as_of`, ordered by code and position."""
    figures = select(Indicator, IndicatorFigure).join(IndicatorFigure, IndicatorFigure.indicator_code == Indicator.code)
    known_figures = figures if as_of is None else figures.where(Indicator.published_on <= as_of)
    return known_figures.order_by(Indicator.code, IndicatorFigure.place)
