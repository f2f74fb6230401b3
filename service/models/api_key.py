"""Keys by which requests are let in, where the service asks for one."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base

KEY_SCOPES = ("read", "bulk")
"""What a key opens: answers in JSON, or whole tables in other forms as well."""


class ApiKey(Base):
    """A key: who has it, what it opens, and until when; of the key itself only its SHA-256 is kept.

    `revoked_at` is null where it was not revoked.
    """

    __tablename__ = "api_key"
    __table_args__ = (CheckConstraint(f"scope IN {KEY_SCOPES}", name="scope"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    scope: Mapped[str]
    sha256: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
