"""Datasets and the releases in which they are published."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    PrimaryKeyConstraint,
    SmallInteger,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base


class Dataset(Base):
    """What one source publishes for one reporter at one frequency in one classification.

    A stored value times 10^`unit_exponent` is in units of `currency`, exactly as printed.
    `exhaustive` tells whether a cell that is absent from a published period is a zero (True), or says
    nothing because the dataset is a selection (False).
    """

    __tablename__ = "dataset"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    source: Mapped[str]
    reporter_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    classification_id: Mapped[int] = mapped_column(ForeignKey("classification.id"))
    frequency: Mapped[str]
    currency: Mapped[str]
    unit_exponent: Mapped[int] = mapped_column(SmallInteger)
    export_valuation: Mapped[str]
    import_valuation: Mapped[str]
    trade_system: Mapped[str]
    exhaustive: Mapped[bool]
    attribution: Mapped[str]


class Release(Base):
    """One publication of a dataset: what was known from `published_on` on.

    `stage` is `provisional`, `revised` or `final`; `state` is `published` or `withdrawn`. A withdrawn release was
    known from `published_on` inclusive to `withdrawn_on` exclusive. `figures_digest` is that of the figures that it
    printed, computed totals among them (see ingest/verify.py).
    `sha256` is that of the file as it was loaded, `parser_version` that of the code which read it. `source` names the
    source, `source_dataset` which of the datasets in its files this is, by the source's own code, and `source_options`
    what else the source was told; null where an earlier version, which did not keep them, loaded the release.
    """

    __tablename__ = "release"
    __table_args__ = (
        PrimaryKeyConstraint("dataset_id", "id"),
        UniqueConstraint("dataset_id", "code"),
        UniqueConstraint("dataset_id", "published_on"),
    )

    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"))
    id: Mapped[int] = mapped_column(Identity(always=True))
    code: Mapped[str]
    published_on: Mapped[date]
    stage: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="published")
    file_name: Mapped[str]
    sha256: Mapped[str]
    parser_version: Mapped[str]
    rows: Mapped[int]
    loaded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    withdrawn_on: Mapped[date | None]
    figures_digest: Mapped[str]
    source: Mapped[str | None]
    source_dataset: Mapped[str | None]
    source_options: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))


class ReleaseFile(Base):
    """A file that a release was made from; its bytes are in the archive under `sha256`.

    `role` tells what it holds: `figures`, the `mapping` by which they are read, a `list` that the mapping names, or the
    `codes` that were known when they were read.
    """

    __tablename__ = "release_file"
    __table_args__ = (
        PrimaryKeyConstraint("dataset_id", "release_id", "role", "name"),
        ForeignKeyConstraint(["dataset_id", "release_id"], ["release.dataset_id", "release.id"]),
    )

    dataset_id: Mapped[int] = mapped_column(SmallInteger)
    release_id: Mapped[int]
    role: Mapped[str]
    name: Mapped[str]
    sha256: Mapped[str]
    bytes: Mapped[int] = mapped_column(BigInteger)


class DataVersion(Base):
    """The one row that moves whenever any figure or reference table changes; every ETag starts with it.

    `reference_sha256` tells which reference tables were entered last, `exchange_rates_version` which exchange rates;
    null before the first.
    """

    __tablename__ = "data_version"

    singleton: Mapped[bool] = mapped_column(primary_key=True, server_default="true")
    version: Mapped[int]
    reference_sha256: Mapped[str | None]
    exchange_rates_version: Mapped[str | None]
