"""How files are read, by the name of their source: when they are loaded, and when they are read again."""

from collections.abc import Mapping, Sequence
from functools import partial

from service.errors import FileError, InvalidFile
from service.ingest.archive.archive import SupportingFile
from service.ingest.catalog.mapping_file import restore_mapping
from service.ingest.pipeline.parser import DatasetDescriber, Parser
from service.ingest.sources import baci, comtrade, demo, japan_customs, japan_customs_totals, us_census
from service.ingest.sources.tidy import parser as tidy

FIXED_LAYOUTS: Mapping[str, DatasetDescriber] = {
    "japan-customs": japan_customs.describe,
    "japan-customs-totals": japan_customs_totals.describe,
    "comtrade": comtrade.describe,
    "us-census": us_census.describe,
}


def fixed_layout_parser(source: str) -> Parser:
    """Return how files of a source of fixed layout are read."""
    return Parser(source, FIXED_LAYOUTS[source])


def baci_parser(reporter: str) -> Parser:
    """Return how BACI's files are read for one reporter, whose UN Comtrade code is given."""
    return Parser("baci", partial(baci.describe, reporter=reporter), options={"reporter": reporter})


def parser_for_release(source: str, options: Mapping[str, str], supporting_files: Sequence[SupportingFile]) -> Parser:
    """Return how files were read that a release was made from.

    :raises BadFile: this version has no such source, or the mapping is not one that it reads.
    """
    if source in FIXED_LAYOUTS:
        return fixed_layout_parser(source)
    if source == "baci":
        return baci_parser(**options)
    if source == tidy.TIDY_SOURCE:
        return tidy.tidy_parser(restore_mapping(supporting_files))
    if source == demo.DEMO_SOURCE:
        return demo.demo_parser(**options)
    raise InvalidFile(source, [FileError("is no source of this version")])
