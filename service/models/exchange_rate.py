"""Exchange rates."""

from datetime import date
from decimal import Decimal

from sqlalchemy import PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base


class ExchangeRate(Base):
    """A reference rate of the European Central Bank on a working day.

    `per_euro` is the number of units of `currency` for one euro. The euro itself has the rate 1 on each of these days.
    """

    __tablename__ = "exchange_rate"
    __table_args__ = (PrimaryKeyConstraint("currency", "day", postgresql_include=("per_euro",)),)

    per_euro: Mapped[Decimal]
    day: Mapped[date] = mapped_column()
    currency: Mapped[str]
