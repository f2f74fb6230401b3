"""Figures: the current ones, the superseded ones, and which periods each release covers."""

from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, PrimaryKeyConstraint, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base

INCLUDED_COLUMNS = ("value", "quantity", "quantity_unit", "net_weight_kg", "obs_status", "release_id", "known_from")


class _Figure:
    """Columns that a figure has, current or superseded, the wide ones first.

    `period` is year * 12 + month - 1 of its first month, at every frequency. `value` is null where it is
    missing or suppressed, and `obs_status` (SDMX: A, P, E, M, Q) says which. The figure is known from
    `known_from` on, the day on which its release was published.
    """

    value: Mapped[int | None] = mapped_column(BigInteger)
    quantity: Mapped[Decimal | None]
    net_weight_kg: Mapped[Decimal | None]
    release_id: Mapped[int]
    commodity_id: Mapped[int]
    known_from: Mapped[date]
    period: Mapped[int] = mapped_column(SmallInteger)
    dataset_id: Mapped[int] = mapped_column(SmallInteger)
    flow: Mapped[int] = mapped_column(SmallInteger)
    partner_id: Mapped[int] = mapped_column(SmallInteger)
    obs_status: Mapped[str]
    quantity_unit: Mapped[str | None]


class Observation(_Figure, Base):
    """The figures that stand today, a partition for each dataset (see ingest/partition.py).

    Both indexes carry the figure, so that the table itself is not read.

    ASSUMPTION: `release_id` is that of a release, which nothing ever deletes; a foreign key would be looked up for each
    of the millions of rows of a load.
    """

    __tablename__ = "observation"
    __table_args__ = (
        # Within a partition the dataset tells nothing apart; first of all it would be compared in vain.
        PrimaryKeyConstraint(
            "partner_id",
            "commodity_id",
            "flow",
            "period",
            "dataset_id",
            postgresql_include=INCLUDED_COLUMNS,
        ),
        Index(
            "observation_page_idx",
            "dataset_id",
            "period",
            "flow",
            "partner_id",
            "commodity_id",
            unique=True,
            postgresql_include=INCLUDED_COLUMNS,
        ),
        {"postgresql_partition_by": "LIST (dataset_id)"},
    )


class ObservationHistory(_Figure, Base):
    """Figures that once stood: from `known_from` inclusive to `known_until` exclusive."""

    __tablename__ = "observation_history"
    __table_args__ = (PrimaryKeyConstraint("dataset_id", "flow", "partner_id", "commodity_id", "period", "known_from"),)

    known_until: Mapped[date]


class ReleasePeriod(Base):
    """The periods of each flow that a release speaks of, whether or not it prints a cell for them.

    A period that no release covers is unpublished; a cell absent from a covered one is not traded
    (exhaustive datasets), or not covered (selections).
    """

    __tablename__ = "release_period"
    __table_args__ = (
        PrimaryKeyConstraint("dataset_id", "flow", "period", "release_id"),
        ForeignKeyConstraint(["dataset_id", "release_id"], ["release.dataset_id", "release.id"]),
    )

    dataset_id: Mapped[int] = mapped_column(SmallInteger)
    release_id: Mapped[int]
    flow: Mapped[int] = mapped_column(SmallInteger)
    period: Mapped[int] = mapped_column(SmallInteger)
