"""API keys: 256 random bits, shown once; the database stores only their SHA-256."""

import hmac
import re
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import KeyRevoked, NotFound
from service.models import ApiKey

KEY_PATTERN = re.compile(r"tfk_(?P<id>[0-9a-f]{12})_[A-Za-z0-9_-]{43}", re.ASCII)
"""The format of an API key; its first part is the id."""
_DUMMY_DIGEST = sha256(b"").hexdigest()


def create_key(session: Session, *, name: str, scope: str, valid_days: int) -> str:
    """Create a key in the transaction of `session`, and return the text of the key, which is not stored.

    It is valid for `valid_days` from now.
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
    """Revoke a key, so that it is invalid at once, and return it.

    :raises NotFound: there is no key with that id.
    """
    key = _find_key(session, key_id)
    key.revoked_at = key.revoked_at or datetime.now(UTC)
    return key


def rotate_key(session: Session, key_id: str, *, valid_days: int, overlap_days: int) -> str:
    """Create a successor of a key and return its text. The old key stays valid for at most `overlap_days`.

    The successor is valid for `valid_days` from now.

    :raises NotFound: there is no key with that id.
    :raises KeyRevoked: the key is revoked, and must not get a successor.
    """
    key = _find_key(session, key_id)
    if key.revoked_at is not None:
        raise KeyRevoked(f"{key_id} is revoked; create another key")
    key.expires_at = min(key.expires_at, datetime.now(UTC) + timedelta(days=overlap_days))
    return create_key(session, name=key.name, scope=key.scope, valid_days=valid_days)


def load_keys(session: Session) -> list[ApiKey]:
    """Return all keys, also invalid ones, the oldest first."""
    return list(session.scalars(select(ApiKey).order_by(ApiKey.created_at, ApiKey.id)))


def authenticate_key(session: Session, key_text: str) -> ApiKey | None:
    """Return the key whose text is `key_text`; null where there is none, or it is not valid."""
    form = KEY_PATTERN.fullmatch(key_text)
    key = session.get(ApiKey, form["id"]) if form else None
    # The comparison also runs for unknown ids, so that the response time does not reveal them.
    same = hmac.compare_digest(_digest(key_text), _DUMMY_DIGEST if key is None else key.sha256)
    return key if same and key is not None and is_valid(key) else None


def is_valid(key: ApiKey) -> bool:
    """Return whether a key is valid now."""
    return key.revoked_at is None and key.expires_at > datetime.now(UTC)


def _find_key(session: Session, key_id: str) -> ApiKey:
    key = session.get(ApiKey, key_id)
    if key is None:
        raise NotFound(f"there is no key {key_id}; `tradeflows keys list` lists them")
    return key


def _digest(key_text: str) -> str:
    return sha256(key_text.encode()).hexdigest()
