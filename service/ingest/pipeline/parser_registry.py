"""The registry of parsers by source, for loading files and for parsing archived files again."""

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
    """Return the parser for files of a source with a fixed layout; `source` is a key of FIXED_LAYOUTS."""
    return Parser(source, FIXED_LAYOUTS[source])


def baci_parser(reporter: str) -> Parser:
    """Return the parser of BACI files for one reporter; `reporter` is a UN Comtrade code."""
    return Parser("baci", partial(baci.describe, reporter=reporter), options={"reporter": reporter})


def parser_for_release(source: str, options: Mapping[str, str], supporting_files: Sequence[SupportingFile]) -> Parser:
    """Return the parser that a release was loaded with.

    The release stores `source` and `options`; `supporting_files` are its archived mapping and code lists.

    :raises InvalidFile: this version does not know the source, or cannot read the archived mapping.
    """
    if source in FIXED_LAYOUTS:
        return fixed_layout_parser(source)
    if source == "baci":
        return baci_parser(**options)
    if source == tidy.TIDY_SOURCE:
        return tidy.tidy_parser(restore_mapping(supporting_files))
    if source == demo.DEMO_SOURCE:
        return demo.demo_parser(**options)
    raise InvalidFile(source, [FileError("is not a source of this version")])
