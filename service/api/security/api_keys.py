"""Keys: 256 random bits, shown once, of which the SHA-256 alone is kept."""

import hmac
import re
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import NotFound
from service.models import ApiKey

KEY_PATTERN = re.compile(r"tfk_(?P<id>[0-9a-f]{12})_[A-Za-z0-9_-]{43}", re.ASCII)
"""How a key reads; its first part is its number, by which it is named and looked up."""
_DUMMY_DIGEST = sha256(b"").hexdigest()


def create_key(session: Session, *, name: str, scope: str, valid_days: int) -> str:
    """Enter a key in the transaction of `session` and return its text, which cannot be had again.

    It is valid for so many days from now.
    """
    number = secrets.token_hex(6)
    key = f"tfk_{number}_{secrets.token_urlsafe(32)}"
    now = datetime.now(UTC)
    session.add(
        ApiKey(
            id=number,
            name=name,
            scope=scope,
            sha256=_digest(key),
            created_at=now,
            expires_at=now + timedelta(days=valid_days),
            revoked_at=None,
        )
    )
    return key


def revoke_key(session: Session, key_id: str) -> ApiKey:
    """Let a key open nothing from now on.

    :raises NotFound: there is no key of that number.
    """
    key = _find_key(session, key_id)
    key.revoked_at = key.revoked_at or datetime.now(UTC)
    return key


def rotate_key(session: Session, key_id: str, *, valid_days: int, overlap_days: int) -> str:
    """Enter a key in the place of another, which goes on for `overlap_days` at most; return the new one's text.

    :raises NotFound: there is no key of that number.
    """
    key = _find_key(session, key_id)
    key.expires_at = min(key.expires_at, datetime.now(UTC) + timedelta(days=overlap_days))
    return create_key(session, name=key.name, scope=key.scope, valid_days=valid_days)


def load_keys(session: Session) -> list[ApiKey]:
    """Return all keys, those that are no longer valid among them, the oldest first."""
    return list(session.scalars(select(ApiKey).order_by(ApiKey.created_at, ApiKey.id)))


def authenticate_key(session: Session, key_text: str) -> ApiKey | None:
    """Return the key whose text was presented; null where there is none, or it is not valid now."""
    form = KEY_PATTERN.fullmatch(key_text)
    key = session.get(ApiKey, form["id"]) if form else None
    # Compared also where there is no such key, so that the time it takes tells nothing.
    same = hmac.compare_digest(_digest(key_text), _DUMMY_DIGEST if key is None else key.sha256)
    return key if same and key is not None and is_valid(key) else None


def is_valid(key: ApiKey) -> bool:
    """Return whether a key opens anything now."""
    return key.revoked_at is None and key.expires_at > datetime.now(UTC)


def _find_key(session: Session, key_id: str) -> ApiKey:
    key = session.get(ApiKey, key_id)
    if key is None:
        raise NotFound(f"there is no key {key_id}; `tradeflows keys list` lists them")
    return key


def _digest(key_text: str) -> str:
    return sha256(key_text.encode()).hexdigest()
