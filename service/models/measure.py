"""Trade measures: export controls, tariffs and the like, with what they affect."""

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
"""How sure it is that a commodity stands for the goods that a measure names: it is these, it holds these beside others
and an official table says so, or nothing official says so."""


class Measure(Base):
    """A measure of `authority` that affects the trade of a reporter.

    `flows` are the codes of the flows that it affects. `in_force_on` null means that no day is set yet; `ended_on`
    is the first day on which it no longer is in force, null while it is. `digest` is that of the entry in its file.
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
    """A commodity that stands for goods which a measure affects, and how surely it does."""

    __tablename__ = "measure_good"

    measure_code: Mapped[str] = mapped_column(ForeignKey("measure.code"), primary_key=True)
    commodity_id: Mapped[int] = mapped_column(ForeignKey("commodity.id"), primary_key=True)
    certainty: Mapped[str]
    note: Mapped[str | None]


class MeasurePartner(Base):
    """A partner that a measure affects; one without any affects all."""

    __tablename__ = "measure_partner"

    measure_code: Mapped[str] = mapped_column(ForeignKey("measure.code"), primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
