"""Reference tables: areas with their codes and groups, classifications with their commodities."""

from datetime import date

from sqlalchemy import ForeignKey, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base

AREA_KINDS = ("country", "group", "special", "world")


class Area(Base):
    """A country, a group of countries, the World, or a special area such as bunkers.

    `code` is the canonical code: ISO 3166-1 alpha-3 for countries, `WLD`, or the name of a group. `kind` is one of
    AREA_KINDS. `m49` is the code of the United Nations. The area existed from `valid_from` inclusive, null for no known
    start, to `valid_to` exclusive, null for an area that still exists.
    """

    __tablename__ = "area"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    iso2: Mapped[str | None]
    m49: Mapped[str | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class AreaCode(Base):
    """A code that a source uses for an area, such as 105 at Japan Customs. `scheme` names the code list."""

    __tablename__ = "area_code"

    scheme: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))


class AreaMember(Base):
    """The membership of an area in a group from `valid_from` inclusive to `valid_to` exclusive.

    A null `valid_to` means that the area is still a member.
    """

    __tablename__ = "area_member"

    group_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]


class AreaSuccession(Base):
    """A former area with one of its successors; Belgium, for example, is a successor of Belgium-Luxembourg.

    The successor exists from `changed_on` on. A source that reports the former area has no figures of the successor
    before that day.
    """

    __tablename__ = "area_succession"

    predecessor_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    successor_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    changed_on: Mapped[date]


class GroupComposition(Base):
    """A member of a group according to a source that publishes figures of the group.

    The source can count other areas as members than `AreaMember` does. `source` is `Dataset.source`. The area is a
    member from `valid_from` inclusive to `valid_to` exclusive; a null `valid_to` means that it still is one. Before the
    earliest `valid_from` of a group its members are not known.
    """

    __tablename__ = "group_composition"

    source: Mapped[str] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]


class Classification(Base):
    """One edition of a classification, such as `H6` (HS 2022) or `JP-PC` (Japan's principal commodities).

    `family` is common to all editions, such as `HS`. `default_level` is the level of commodities in a ranking that does
    not name a level; null means every level.
    """

    __tablename__ = "classification"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    family: Mapped[str]
    name: Mapped[str]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    default_level: Mapped[int | None] = mapped_column(SmallInteger)


class Commodity(Base):
    """A commodity or a group of commodities in one edition of a classification.

    The code `TOTAL`, at level 0, stands for all commodities together.
    """

    __tablename__ = "commodity"
    __table_args__ = (UniqueConstraint("classification_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    classification_id: Mapped[int] = mapped_column(ForeignKey("classification.id"))
    code: Mapped[str]
    name: Mapped[str]
    level: Mapped[int] = mapped_column(SmallInteger)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("commodity.id"))


class ConcordancePair(Base):
    """A code of an edition and a code of the target edition that have commodities in common.

    `relation` is the kind of relation between the codes, one of RELATIONS (domain/concordance.py).
    """

    __tablename__ = "concordance"

    classification_id: Mapped[int] = mapped_column(ForeignKey("classification.id"), primary_key=True)
    target_classification_id: Mapped[int] = mapped_column(ForeignKey("classification.id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    target_code: Mapped[str] = mapped_column(primary_key=True)
    relation: Mapped[str]
