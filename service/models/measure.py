"""Trade measures, such as export controls and tariffs, with the commodities and partners they affect."""

from datetime import date

from sqlalchemy import ForeignKey, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base

MEASURE_KINDS = (
    "export_control",
    "import_control",
    "tariff",
    "quota",
    "trade_defence",
    "sanction",
    "subsidy",
    "agreement",
    "other",
)
MEASURE_CERTAINTIES = ("exact", "broader", "indicative")
"""Certainty that a commodity code corresponds to the items of a measure.

`exact`: the code covers only the items of the measure. `broader`: according to an official table, the code covers these
items and others. `indicative`: no official table confirms that the code covers the items.
"""


class Measure(Base):
    """A measure that `authority` took and that affects the trade of a reporter.

    `flows` are the codes of the affected flows. `in_force_on` is null while no date is set. `ended_on` is the first day
    on which the measure is no longer in force; null where no end is known. `digest` is the digest of the entry in the
    loaded file.
    """

    __tablename__ = "measure"

    code: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    reporter_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    authority: Mapped[str]
    kind: Mapped[str]
    flows: Mapped[list[str]] = mapped_column(ARRAY(Text))
    announced_on: Mapped[date]
    in_force_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    description: Mapped[str | None]
    source_title: Mapped[str]
    source_address: Mapped[str]
    source_date: Mapped[date]
    digest: Mapped[str]


class MeasureCommodity(Base):
    """A commodity code that a measure affects.

    `certainty` says how surely the code corresponds to the items of the measure: `exact`, `broader` or `indicative`
    (see MEASURE_CERTAINTIES).
    """

    __tablename__ = "measure_good"

    measure_code: Mapped[str] = mapped_column(ForeignKey("measure.code"), primary_key=True)
    commodity_id: Mapped[int] = mapped_column(ForeignKey("commodity.id"), primary_key=True)
    certainty: Mapped[str]
    note: Mapped[str | None]


class MeasurePartner(Base):
    """A partner that a measure affects; a measure without partners affects all of them."""

    __tablename__ = "measure_partner"

    measure_code: Mapped[str] = mapped_column(ForeignKey("measure.code"), primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
