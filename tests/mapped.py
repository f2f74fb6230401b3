"""Loads real files: as those of a source, or by one of the mappings in the documents."""

from datetime import date

from service.ingest.catalog.mapping_file import read_mapping
from service.ingest.pipeline.load_files import Load
from service.ingest.pipeline.parser import Reading
from service.ingest.sources.tidy import parser as tidy


def load_mapped(engine, files, *, mapping, lists, archive):
    """Load files by a mapping whose lists lie in `lists`; return what became of each publication."""
    described = read_mapping(mapping, lists=lists)
    return _loaded(
        engine,
        files,
        reading=tidy.reading_by(described),
        published_on=described.published_on,
        stage=described.stage,
        archive_folder=archive,
    )


def load_source(engine, files, *, describe, published, archive):
    """Load files as those of the source that `describe` is of; return what became of each publication."""
    return _loaded(
        engine,
        files,
        reading=Reading("a test", describe),
        published_on=lambda _name: date.fromisoformat(published),
        stage="provisional",
        archive_folder=archive,
    )


def _loaded(engine, files, **options):
    loaded = []
    Load(engine=engine, each=loaded.append, **options)(files)
    return loaded
