"""Conditions on keys."""

from collections.abc import Sequence

from sqlalchemy import any_, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from service.analytics.expressions import Expression


def one_of(column: Expression, keys: Sequence[int]) -> Expression:
    """Return whether `column` is one of `keys`: one parameter, however many they are, so that plans are reused."""
    key_type: TypeEngine[int] = column.type  # type: ignore[attr-defined] # every column and expression has one
    return column == any_(bindparam(None, list(keys), type_=ARRAY(key_type), unique=True))
