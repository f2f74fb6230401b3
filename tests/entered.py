"""Enters measures and indicators that are written out in a test."""

from service.ingest.annotations.measures import load_measures
from service.ingest.release.publish import in_one_transaction

SOURCE = """
source.title = "A gazette"
source.address = "https://example.org/gazette"
source.date = 2024-01-02
"""


def entered(engine, path, content, *, loader=load_measures, **how):
    """Enter the entries of a file of that content, at `path`; return in words what became of them."""
    path.write_text(content)
    with in_one_transaction(engine) as session:
        what = str(loader(session, path, **how))
        session.commit()
        return what
