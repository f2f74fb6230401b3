"""Indicators: survey results and other context, with their sources."""

from datetime import date
from decimal import Decimal

from sqlalchemy import ForeignKey, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base

INDICATOR_KINDS = ("survey", "context")
"""Kinds of indicators: answers to a survey, or any other figure that gives context."""


class Indicator(Base):
    """A survey question or a measured quantity, with its publisher and date of publication.

    `reporter_id` and `partner_id` are the areas whose trade it concerns; null for no particular area. `first_month`
    (year * 12 + month - 1) and the length `months` are its period; both are null for an indicator without a period.
    `respondents` is the number of respondents of a survey; null where it is unknown or there was no survey. `digest` is
    the digest of the entry in the loaded file.
    """

    __tablename__ = "indicator"

    code: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    kind: Mapped[str]
    topic: Mapped[str]
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    first_month: Mapped[int | None] = mapped_column(SmallInteger)
    months: Mapped[int | None] = mapped_column(SmallInteger)
    published_on: Mapped[date]
    publisher: Mapped[str]
    respondents: Mapped[int | None]
    unit: Mapped[str]
    note: Mapped[str | None]
    source_title: Mapped[str]
    source_address: Mapped[str]
    source_date: Mapped[date]
    digest: Mapped[str]


class IndicatorFigure(Base):
    """One figure of an indicator, in the unit of the indicator. `place` is its position among its figures, from 1."""

    __tablename__ = "indicator_figure"
    __table_args__ = (UniqueConstraint("indicator_code", "code"),)

    indicator_code: Mapped[str] = mapped_column(ForeignKey("indicator.code"), primary_key=True)
    place: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    code: Mapped[str]
    label: Mapped[str]
    value: Mapped[Decimal]
