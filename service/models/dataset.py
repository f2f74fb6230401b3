"""Datasets and the releases in which they are published."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    PrimaryKeyConstraint,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base


class Dataset(Base):
    """The figures of one source for one reporter at one frequency in one classification.

    Values are stored exactly as published; a stored value times 10^`unit_exponent` is an amount in `currency`. In an
    `exhaustive` dataset, a commodity and partner without a figure in a published period had no trade; in any other
    dataset their trade is unknown.
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
    """One publication of a dataset, on the day `published_on`.

    `stage` is `provisional`, `revised` or `final`; `state` is `published` or `withdrawn`. A withdrawn release is valid
    from `published_on` inclusive to `withdrawn_on` exclusive. `figures_digest` covers the figures of the release,
    including computed totals (see ingest/verification/). `sha256` is the digest of the loaded file, `parser_version`
    the version of the parser. `source` names the source of the files, `source_dataset` is the code that the source
    gives the dataset, and `source_options` are the options of the load; all three are null for releases that an early
    version of the service loaded. `covers` is `complete` where the release has all figures of its periods, and
    `selection` where it has only those of some time series (see `ReleaseSeries`). On one publication date a dataset has
    either one complete release or any number of selections.
    """

    __tablename__ = "release"
    __table_args__ = (
        PrimaryKeyConstraint("dataset_id", "id"),
        UniqueConstraint("dataset_id", "code"),
        Index(
            "release_complete_idx",
            "dataset_id",
            "published_on",
            unique=True,
            postgresql_where=text("covers = 'complete'"),
        ),
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
    covers: Mapped[str]


class ReleaseFile(Base):
    """A file of a release; the archive holds its content under `sha256`.

    `role` is `figures`, `mapping` (of columns and codes), `list` (a code list that the mapping names), or `codes` (the
    codes that were known at the time of the load).
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


class ReleaseSeries(Base):
    """A time series in a release that is a selection, with the periods of its figures.

    A selection ends the validity of earlier figures of these series only. Complete releases have no rows here.
    `source_cells` has, for each of `periods`, the text of further cells in the row of the source, such as flags, which
    the service can return but does not compute; it is null for most sources.
    """

    __tablename__ = "release_series"
    __table_args__ = (
        PrimaryKeyConstraint("dataset_id", "release_id", "flow", "partner_id", "commodity_id"),
        ForeignKeyConstraint(["dataset_id", "release_id"], ["release.dataset_id", "release.id"]),
    )

    dataset_id: Mapped[int] = mapped_column(SmallInteger)
    release_id: Mapped[int]
    flow: Mapped[int] = mapped_column(SmallInteger)
    partner_id: Mapped[int] = mapped_column(SmallInteger)
    commodity_id: Mapped[int]
    periods: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    source_cells: Mapped[list[str] | None] = mapped_column(ARRAY(Text))


class ReleaseUnmapped(Base):
    """A code in the files of a release that is missing from the code lists by which the files were loaded.

    `dimension` is `partner` or `commodity`. `source_code` is the code in the file and `label` the name beside it, which
    can be empty. `code` is the code of the area or commodity that was inserted for it; `parent` is the code of the
    commodity above that, null for a partner. `rows` is the number of figures with the code in the files. `value`, in
    units of the dataset, is the trade with the partner, or the trade with World in the commodity. `share_pct` is the
    share of `value` in the total of the release; null where the release has no total.
    """

    __tablename__ = "release_unmapped"
    __table_args__ = (
        PrimaryKeyConstraint("dataset_id", "release_id", "dimension", "source_code"),
        ForeignKeyConstraint(["dataset_id", "release_id"], ["release.dataset_id", "release.id"]),
    )

    dataset_id: Mapped[int] = mapped_column(SmallInteger)
    release_id: Mapped[int]
    dimension: Mapped[str]
    source_code: Mapped[str]
    code: Mapped[str]
    label: Mapped[str]
    parent: Mapped[str | None]
    rows: Mapped[int]
    value: Mapped[Decimal]
    share_pct: Mapped[float | None]


class DataVersion(Base):
    """A table of a single row, whose version increases whenever a figure or a reference table changes.

    `token` is random and replaced with each change, so that no two databases have different data with equal tokens.
    `reference_sha256` identifies the loaded reference tables, `exchange_rates_version` the loaded exchange rates; null
    before the first load.
    """

    __tablename__ = "data_version"

    singleton: Mapped[bool] = mapped_column(primary_key=True, server_default="true")
    version: Mapped[int]
    token: Mapped[str]
    reference_sha256: Mapped[str | None]
    exchange_rates_version: Mapped[str | None]
