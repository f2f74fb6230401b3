"""Loading of real files, by a source or by one of the documented mappings."""

from datetime import date

from service.ingest.catalog.mapping_file import read_mapping
from service.ingest.pipeline.load_files import FileLoader
from service.ingest.pipeline.parser import Parser
from service.ingest.sources.tidy import parser as tidy


def load_mapped_files(engine, files, *, mapping, codelist_folder, archive_folder):
    """Load files by a mapping whose code lists are in the folder `lists`; return the result of each publication."""
    described = read_mapping(mapping, codelists_folder=codelist_folder)
    return _load_files(
        engine,
        files,
        parser=tidy.tidy_parser(described),
        find_publication_date=described.publication_date,
        stage=described.stage,
        archive_folder=archive_folder,
    )


def load_source_files(engine, files, *, describe, published_on, archive_folder):
    """Load files of the source that `describe` belongs to; return the result of each publication."""
    return _load_files(
        engine,
        files,
        parser=Parser("a test", describe),
        find_publication_date=lambda _name: date.fromisoformat(published_on),
        stage="provisional",
        archive_folder=archive_folder,
    )


def _load_files(engine, files, **options):
    loaded = []
    FileLoader(engine=engine, publication_callback=loaded.append, **options)(files)
    return loaded
