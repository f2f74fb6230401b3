"""Conditions on keys."""

from collections.abc import Sequence

from sqlalchemy import any_, bindparam, literal_column
from sqlalchemy.dialects.postgresql import ARRAY

from service.analytics.expressions import Expression, type_of
from service.models import Observation, ObservationHistory


def one_of(column: Expression, keys: Sequence[int]) -> Expression:
    """Return whether `column` is one of `keys`: one parameter, however many they are, so that plans are reused."""
    return column == any_(bindparam(None, list(keys), type_=ARRAY(type_of(column)), unique=True))


def of_dataset(table: type[Observation] | type[ObservationHistory], dataset_id: int) -> Expression:
    """Return whether a figure of `table` is one of the dataset.

    Its key is written out, not sent as a parameter: the planner then looks at the dataset's own partition alone, in
    plans that are kept as in others.
    """
    return table.dataset_id == literal_column(f"{dataset_id:d}", table.dataset_id.type)
