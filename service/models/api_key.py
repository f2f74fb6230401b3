"""API keys."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base

KEY_SCOPES = ("read", "bulk")
"""Scopes of an API key: `read` permits JSON, `bulk` also exports of whole tables."""


class ApiKey(Base):
    """An API key with its owner's name, scope and expiry. The database holds only its SHA-256.

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
