"""Conditions on keys."""

from collections.abc import Sequence

from sqlalchemy import any_, bindparam
from sqlalchemy.dialects.postgresql import ARRAY

from service.analytics.expressions import Expression, type_of


def one_of(column: Expression, keys: Sequence[int]) -> Expression:
    """Return whether `column` is one of `keys`: one parameter, however many they are, so that plans are reused."""
    return column == any_(bindparam(None, list(keys), type_=ARRAY(type_of(column)), unique=True))
