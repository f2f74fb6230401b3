"""The three vintages of Japan's imports of 2022, each with the growth of its day."""

import pytest
from sqlalchemy import create_engine

from service.app import create_app
from tests.support.ingest.loading import load_mapped_files

pytestmark = pytest.mark.large

MAPPING_PATH = "docs/examples/japan-annual.toml"
# By hand from the line "import, Grand Total" of each file, whose 2021 is 84,875,044,591 thousand yen: in the first of
# them, 100 * (118,164,219,325 - 84,875,044,591) / 84,875,044,591 = 39.2214.
PRINTED_FIGURES = {
    "2023-01-28": (118_164_219_325_000, 39.2214),
    "2023-04-27": (118_140_965_553_000, 39.194),
    "2024-01-30": (118_503_152_779_000, 39.6207),
}
LOAD_ORDERS = {"as they appeared": lambda files: files, "the last first": lambda files: files[::-1]}


@pytest.fixture(scope="module", params=LOAD_ORDERS)
def annual_client(request, create_database, template, shared_data, pytestconfig, tmp_path_factory):
    """Yield a client of a service that holds the five annual vintages, loaded in an order."""
    name = f"annual_{list(LOAD_ORDERS).index(request.param)}"
    engine = create_engine(create_database(name, template=template))
    files = LOAD_ORDERS[request.param](sorted((shared_data / "japan" / "annual").iterdir()))
    for file in files:
        mapping, archive = pytestconfig.rootpath / MAPPING_PATH, tmp_path_factory.mktemp("archive")
        load_mapped_files(
            engine, [file], mapping=mapping, codelist_folder=shared_data / "japan", archive_folder=archive
        )
    yield create_app(engine).test_client()
    engine.dispose()


@pytest.mark.parametrize("day", PRINTED_FIGURES)
def test_figures_and_growth_match_the_publication_of_the_day(annual_client, day):
    question = {"reporter": "JPN", "flow": "M", "frequency": "A", "period": "2022", "as_of": day}

    (row,) = annual_client.get("/v1/flows", query_string=question).json["data"]

    assert (row["value"], row["yoy_pct"]) == PRINTED_FIGURES[day]
