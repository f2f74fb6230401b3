"""The partition of `observation` that holds a dataset: filled apart, unseen, and attached whole.

Attaching makes the indexes, from all rows at once, and takes no lock that a reader waits for.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import text
from sqlalchemy.orm import Session

from service.ingest.staging import copy_into

FROZEN = ", FREEZE"
"""Rows of a table that this transaction made need no second look when they are read, nor a vacuum."""


def partition_of(dataset_id: int) -> str:
    """Return the name of the table that holds the figures of a dataset."""
    return f"observation_{dataset_id:d}"


def has_partition(session: Session, dataset_id: int) -> bool:
    """Return whether figures of the dataset were ever loaded."""
    return session.scalar(text("SELECT to_regclass(:name)"), {"name": partition_of(dataset_id)}) is not None


def fill_partition(session: Session, dataset_id: int, texts: Iterable[bytes], *, release: Mapping[str, object]) -> None:
    """Let figures, given as their canonical text, be the first ones of their dataset.

    `release` says what all of them have in the columns that the text has not. Readers see them once this transaction
    commits.
    """
    name = partition_of(dataset_id)
    # The constraint spares PostgreSQL from reading the table once more to see whose figures it holds.
    session.execute(
        text(f"""
            CREATE TABLE {name} (
                LIKE observation INCLUDING CONSTRAINTS,
                CONSTRAINT {name}_is_apart CHECK (dataset_id = {dataset_id:d})
            )""")
    )
    same = {"dataset_id": dataset_id, **release}
    session.execute(text(f"ALTER TABLE {name} {_each(same, 'SET DEFAULT')}"))
    copy_into(session, name, texts, options=FROZEN)
    session.execute(text(f"ALTER TABLE {name} {_each(dict.fromkeys(same, ''), 'DROP DEFAULT')}"))
    session.execute(text(f"ALTER TABLE observation ATTACH PARTITION {name} FOR VALUES IN ({dataset_id:d})"))
    session.execute(text(f"ALTER TABLE {name} DROP CONSTRAINT {name}_is_apart"))


def _each(columns: Mapping[str, object], change: str) -> str:
    return ", ".join(f"ALTER {column} {change} {value}" for column, value in columns.items())
