"""API keys."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base

KEY_SCOPES = ("read", "bulk")
"""Scopes of an API key: `read` permits pages of JSON, `bulk` also exports of whole tables."""


class ApiKey(Base):
    """An API key with the name of its owner, its scope and its expiry. The database holds only the SHA-256 of the key.

    `revoked_at` is null while the key is not revoked.
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
