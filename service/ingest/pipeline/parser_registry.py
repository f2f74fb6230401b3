"""How files are read, by the name of their source: when they are loaded, and when they are read again."""

from collections.abc import Mapping, Sequence
from functools import partial

from service.errors import BadFile, Defect
from service.ingest.archive.archive import Beside
from service.ingest.catalog.mapping_file import mapping_again
from service.ingest.pipeline.parser import Describe, Reading
from service.ingest.sources import baci, comtrade, demo, japan_customs, japan_customs_totals, us_census
from service.ingest.sources.tidy import parser as tidy

FIXED_LAYOUTS: Mapping[str, Describe] = {
    "japan-customs": japan_customs.describe,
    "japan-customs-totals": japan_customs_totals.describe,
    "comtrade": comtrade.describe,
    "us-census": us_census.describe,
}


def fixed_layout(source: str) -> Reading:
    """Return how files of a source of fixed layout are read."""
    return Reading(source, FIXED_LAYOUTS[source])


def baci_of(reporter: str) -> Reading:
    """Return how BACI's files are read for one reporter, whose UN Comtrade code is given."""
    return Reading("baci", partial(baci.describe, reporter=reporter), options={"reporter": reporter})


def reading_again(source: str, options: Mapping[str, str], beside: Sequence[Beside]) -> Reading:
    """Return how files were read that a release was made from.

    :raises BadFile: this version has no such source, or the mapping is not one that it reads.
    """
    if source in FIXED_LAYOUTS:
        return fixed_layout(source)
    if source == "baci":
        return baci_of(**options)
    if source == tidy.SOURCE:
        return tidy.reading_by(mapping_again(beside))
    if source == demo.SOURCE:
        return demo.reading_of(**options)
    raise BadFile(source, [Defect("is no source of this version")])
