"""Figures: current observations, superseded observations, and the periods that each release covers."""

from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, PrimaryKeyConstraint, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base

INCLUDED_COLUMNS = ("value", "quantity", "quantity_unit", "net_weight_kg", "obs_status", "release_id", "known_from")


class _Figure:
    """Columns of current and superseded figures, the wide ones first.

    `period` is year * 12 + month - 1 of the first month, at every frequency. `value` is null where it is missing or
    suppressed; `obs_status` (SDMX: A, P, E, M, Q) distinguishes the two. A total with a suppressed or a missing part
    has status Q or M and a value: the sum of its known parts, a lower bound. `known_from` is the day on which the
    release of the figure was published.
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
    """A figure of one partner, commodity, flow and period of a dataset that is current, not superseded.

    Each dataset has a partition of its own. Both indexes include all columns, so that index-only scans answer every
    query.

    ASSUMPTION: `release_id` refers to a release, and releases are never deleted. A foreign key would cost a lookup for
    each of the millions of rows of a load.
    """

    __tablename__ = "observation"
    __table_args__ = (
        # The dataset is the same in all rows of a partition; as the first column it would only cost comparisons.
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
    """A superseded figure, which was current from `known_from` inclusive to `known_until` exclusive."""

    __tablename__ = "observation_history"
    __table_args__ = (PrimaryKeyConstraint("dataset_id", "flow", "partner_id", "commodity_id", "period", "known_from"),)

    known_until: Mapped[date]


class ReleasePeriod(Base):
    """A period that a release covers for one flow, whether or not it has figures of this period.

    A period that no release covers is unpublished. If a partner and commodity have no figure in a covered period, there
    was no trade if the dataset is exhaustive; otherwise the trade is unknown.
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
