"""The partition of `observation` that holds a dataset: filled apart, unseen, and attached whole.

Attaching makes the indexes, from all rows at once, and takes no lock that a reader waits for.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session


def partition_of(dataset_id: int) -> str:
    """Return the name of the table that holds the figures of a dataset."""
    return f"observation_{dataset_id:d}"


def has_partition(session: Session, dataset_id: int) -> bool:
    """Return whether figures of the dataset were ever loaded."""
    return session.scalar(text("SELECT to_regclass(:name)"), {"name": partition_of(dataset_id)}) is not None


def make_partition(session: Session, dataset_id: int) -> str:
    """Create the table for a dataset's figures, without indexes and apart from all others, and return its name."""
    name = partition_of(dataset_id)
    session.execute(
        text(f"""
            CREATE TABLE {name} (
                LIKE observation INCLUDING CONSTRAINTS,
                CONSTRAINT {name}_is_apart CHECK (dataset_id = {dataset_id:d})
            )""")
    )
    return name


def attach_partition(session: Session, dataset_id: int) -> None:
    """Let readers see the dataset's table, once this transaction commits; its indexes are made first.

    The constraint spares PostgreSQL from reading the table once more to see whose figures it holds.
    """
    name = partition_of(dataset_id)
    session.execute(text(f"ALTER TABLE observation ATTACH PARTITION {name} FOR VALUES IN ({dataset_id:d})"))
    session.execute(text(f"ALTER TABLE {name} DROP CONSTRAINT {name}_is_apart"))
