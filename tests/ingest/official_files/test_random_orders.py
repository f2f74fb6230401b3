"""The monthly and annual releases of Japan in random orders: one database, and the same answers in every field.

In each order some files are loaded one by one, and some with others in one command. OFFICIAL_ORDERS says how many
orders are loaded, 1 where that is not set; ORDER_SEED draws other ones.
"""

import os
from random import Random

import pytest
from sqlalchemy import NullPool, create_engine, text

from service.app import create_app
from tests.ingest.release.test_load_order import IGNORED_COLUMNS, SURROGATE_KEYS, UNTOUCHED_TABLES
from tests.support.ingest.loading import load_mapped_files

pytestmark = pytest.mark.large

ORDER_COUNT, SEED = int(os.environ.get("OFFICIAL_ORDERS", "1")), int(os.environ.get("ORDER_SEED", "1"))
MAPPINGS = {"principal": "docs/examples/japan-principal.toml", "annual": "docs/examples/japan-annual.toml"}
COLUMN_QUERY = """
    SELECT column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = :table ORDER BY column_name"""
TABLE_QUERY = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
DAYS = ("2023-04-27", "2024-01-29")
REQUESTS = (
    "/v1/flows?partner=all&commodity=all&period=2023-06&limit=10000",
    "/v1/flows?partner=CHN,USA,EU,ASEAN,WLD&period=all&limit=10000",
    "/v1/flows?partner=all&frequency=Q&period=2021-Q4,2023-Q4&limit=10000",
    "/v1/flows?partner=all&commodity=all&frequency=A&period=2022&limit=10000",
    "/v1/series?partner=CHN,EU,WLD&commodity=TOTAL,CAR&period=all&limit=10000",
    "/v1/series?partner=ASEAN&frequency=A&period=all",
    "/v1/partners?flow=X&period=2024-01&residual=true",
    "/v1/partners?flow=M&frequency=A&period=2022&limit=1000",
    "/v1/commodities?flow=X&period=2024-01&partner=CHN&limit=1000",
    "/v1/balances?partner=all&period=2023-12&limit=1000",
    "/v1/balances?frequency=A&period=all",
    "/v1/revisions?flow=M&frequency=A&period=2021..2023",
    "/v1/revisions?flow=X&frequency=Q&period=2023-Q4",
    "/v1/releases",
    "/v1/reporters",
)


def database_digests(engine):
    """Return a digest of the rows of each table that a load writes to, with codes in the place of keys."""
    with engine.connect() as connection:
        names = [name for name in connection.scalars(text(TABLE_QUERY)) if not name.startswith("observation_")]
        tables = sorted({*names, "observation_history"} - UNTOUCHED_TABLES - {"data_version"})
        return {name: connection.scalar(text(_digest_query(connection, name))) for name in tables}


def _digest_query(connection, table):
    columns = [name for name in connection.scalars(text(COLUMN_QUERY), {"table": table}) if name not in IGNORED_COLUMNS]
    keys = {name: SURROGATE_KEYS[name] for name in columns if name in SURROGATE_KEYS}
    values = ", ".join(f"key_{name}.code" if name in keys else f"t.{name}" for name in columns)
    joins = " ".join(f"LEFT JOIN {target} AS key_{name} ON key_{name}.id = t.{name}" for name, target in keys.items())
    return f"""
        SELECT concat(count(*), ' rows ', md5(string_agg(line, E'\\n' ORDER BY line)))
        FROM (SELECT jsonb_build_array({values})::text AS line FROM {table} AS t {joins}) AS lines"""


def answers(engine):
    """Return the rows and metadata of each request, now and on past days, but the number of loads."""
    client, found = create_app(engine).test_client(), {}
    for request in REQUESTS:
        path, _, query = request.partition("?")
        for day in ("", *(DAYS if query else ())):
            url = f"{path}?{query}&as_of={day}" if day else request
            response = client.get(f"{url}&reporter=JPN" if query else url)
            assert response.status_code == 200, (url, response.json)
            meta = {name: value for name, value in response.json["meta"].items() if name != "data_version"}
            rows = [
                {name: value for name, value in row.items() if name != "loaded_at"} for row in response.json["data"]
            ]
            found[url] = rows, meta
    return found


class OrderLoader:
    """Loads batches of files of Japan."""

    def __init__(self, japan, root, archive):
        self.japan, self.root, self.archive = japan, root, archive

    def load(self, url, batches):
        """Load batches of files of one dataset, each by a command; return digests and answers."""
        engine = create_engine(url, poolclass=NullPool)
        for dataset, files in batches:
            load_mapped_files(
                engine,
                files,
                mapping=self.root / MAPPINGS[dataset],
                codelist_folder=self.japan,
                archive_folder=self.archive,
            )
        return database_digests(engine), answers(engine)


def random_batches(random, files):
    """Return the files of each dataset in a random order, in commands of one to eight files."""
    batches = []
    for dataset, sorted_files in files.items():
        shuffled = random.sample(sorted_files, len(sorted_files))
        while shuffled:
            size = random.choice((1, 1, 2, 8))
            batches.append((dataset, shuffled[:size]))
            shuffled = shuffled[size:]
    return random.sample(batches, len(batches))


def test_the_order_of_loads_changes_nothing(
    create_database, template, japan_template, shared_data, pytestconfig, tmp_path_factory
):
    loader = OrderLoader(shared_data / "japan", pytestconfig.rootpath, tmp_path_factory.mktemp("archive"))
    files = {dataset: sorted((loader.japan / dataset).iterdir()) for dataset in MAPPINGS}
    assert {dataset: len(each) for dataset, each in files.items()} == {"principal": 32, "annual": 5}
    # The template has the monthly releases, loaded at once.
    in_order = create_database("orders_sorted", template=japan_template)
    digests, answers_in_order = loader.load(in_order, [("annual", files["annual"])])

    for number in range(ORDER_COUNT):
        batches = random_batches(Random(f"{SEED} {number}"), files)  # noqa: S311 - repeatable, no secret
        found_digests, found = loader.load(create_database(f"orders_{number}", template=template), batches)
        message = f"order {number} of seed {SEED}: {batches}"
        assert found_digests == digests, message
        assert [url for url in found if found[url] != answers_in_order[url]] == [], message
