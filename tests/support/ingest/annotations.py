"""Measures and indicators from texts in a test."""

from service.ingest.annotations.measures import load_measures_file
from service.ingest.release.load_session import open_load_session

SOURCE_TOML = """
source.title = "A gazette"
source.address = "https://example.org/gazette"
source.date = 2024-01-02
"""


def load_annotations_text(engine, path, content, *, loader=load_measures_file, **options):
    """Load a text as the file at `path`, and return the report of the command."""
    path.write_text(content)
    with open_load_session(engine) as session:
        what = str(loader(session, path, **options))
        session.commit()
        return what
