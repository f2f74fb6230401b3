"""Loads real files by one of the mappings in the documents."""

from service.ingest.load import Load
from service.ingest.mapping import read_mapping
from service.ingest.sources import tidy


def load_mapped(engine, files, *, mapping, lists, archive):
    """Load files by a mapping whose lists lie in `lists`; return what became of each publication."""
    described = read_mapping(mapping, lists=lists)
    loaded = []
    Load(
        engine=engine,
        describe=lambda _paths: [tidy.describe(described)],
        published_on=described.published_on,
        stage=described.stage,
        archive_folder=archive,
        each=loaded.append,
    )(files)
    return loaded
