"""In whichever order releases are loaded, twice, or killed half-way and run again, the database is identical.

ORDERS says how many orders are tried, 4 where that is not set.
"""

import os
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from service.ingest.catalog.exchange_rates import load_exchange_rates
from service.ingest.release.load_session import open_load_session
from service.ingest.release.withdraw import withdraw_release
from tests.ingest.conftest import CSV_HEADER, MAPPING_TOML, TidyFileLoader
from tests.support.faults.fault_injection import kill_blocked_load, load_starter

ORDER_COUNT = int(os.environ.get("ORDERS", "4"))

KILL_POINTS = {
    "before its release is entered": "LOCK TABLE release IN SHARE MODE",
    "when all its rows are there": "SELECT FROM data_version FOR UPDATE",
}
"""What holds a load back, and where in its transaction that is."""

UNTOUCHED_TABLES = {
    "alembic_version",
    "area",
    "area_code",
    "area_member",
    "concordance",
    "exchange_rate",
    "group_composition",
    "indicator",
    "indicator_figure",
    "measure",
    "measure_good",
    "measure_partner",
}
"""Tables that no load of figures writes to."""

SURROGATE_KEYS = {
    "dataset_id": "dataset",
    "release_id": "release",
    "classification_id": "classification",
    "reporter_id": "area",
    "partner_id": "area",
    "commodity_id": "commodity",
    "parent_id": "commodity",
}
"""Columns that hold the surrogate key of a row in another table, which is named here by its code instead."""

IGNORED_COLUMNS = {
    "id": "a number drawn from a sequence, of which a load that was killed has used up one",
    "loaded_at": "when it was loaded, which differs with every load",
    "token": "random, and replaced with each change of the data",
}
"""Columns in which one database may differ from another, and why."""


def database_content(engine, folder):
    """Return every row of every table that a load writes to, by natural keys and in order, and the archived files."""
    with engine.connect() as connection:
        query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        # The partitions of a table are read with it.
        tables = [name for name in connection.scalars(text(query)) if not name.startswith("observation_")]
        tables = [*(name for name in tables if name not in UNTOUCHED_TABLES), "observation_history"]
        rows = {name: connection.scalars(text(f"SELECT to_jsonb(t) FROM {name} AS t")).all() for name in tables}
        areas = connection.execute(text("SELECT id, code FROM area")).all()
    codes = {name: {row["id"]: row["code"] for row in of if "code" in row} for name, of in rows.items()}
    codes["area"] = dict(areas)
    by_natural_keys = {name: sorted(str(_natural_keys(row, codes)) for row in of) for name, of in rows.items()}
    archived = sorted(str(path.relative_to(folder)) for path in (folder / "archive").rglob("*") if path.is_file())
    return by_natural_keys | {"archive": archived}


def _natural_keys(row, codes):
    return {
        name: codes[SURROGATE_KEYS[name]].get(value) if name in SURROGATE_KEYS else value
        for name, value in row.items()
        if name not in IGNORED_COLUMNS
    }


@pytest.fixture(scope="module")
def prepared_template(create_database, template):
    """Return the name of a database in which the command has nothing left to enter before it loads."""
    engine = create_engine(create_database("orders_template", template=template))
    with open_load_session(engine) as session:
        load_exchange_rates(session)
        # A hundred thousand of rates, which no load touches, would be copied for every order.
        session.execute(text("TRUNCATE exchange_rate"))
        session.commit()
    engine.dispose()
    return engine.url.database


class LoadEnvironment:
    """A database of its own, and a folder with the files of all releases."""

    def __init__(self, create_database, template, folder, published, mapping):
        self.engine = create_engine(create_database(f"order_{next(_database_numbers)}", template=template))
        folder.mkdir()
        self.load = TidyFileLoader(self.engine, folder)
        (folder / "mapping.toml").write_text(mapping)
        self.files = {day: self.load.write(_csv_file(cells), name=f"{day}.csv") for day, cells in published.items()}

    def apply_step(self, step):
        """Load a release, or withdraw it, or begin with it and be killed at a moment of the transaction."""
        what, day, *on = step
        if what == "load":
            self.load.load_files([self.files[day]])
        elif what == "withdraw":
            with open_load_session(self.engine) as session:
                withdraw_release(session, f"jpn-test-{day}", withdrawal_date=date.fromisoformat(*on))
                session.commit()
        else:
            process = load_starter(self.engine, self.load.folder)(f"{day}.csv")
            changed = kill_blocked_load(self.engine, KILL_POINTS[what], process)
            assert ({"observation", "release_period"} <= changed) == (what == "when all its rows are there")

    def apply_steps(self, steps):
        """Return what the database holds after these steps."""
        for step in steps:
            self.apply_step(step)
        found = database_content(self.engine, self.load.folder)
        self.engine.dispose()
        return found


_database_numbers = count(1)


def _csv_file(cells):
    return CSV_HEADER + "".join(f"{','.join(cell)},{value}\n" for cell, value in sorted(cells.items()))


figure_cells = st.dictionaries(
    st.tuples(
        st.sampled_from(["2023-12", "2024-01"]),
        st.sampled_from(["export", "import"]),
        st.sampled_from(["CHN", "USA"]),
        st.sampled_from(["all", "fruit"]),
    ),
    st.integers(0, 2),
    min_size=1,
    max_size=6,
)
release_figures = st.dictionaries(
    st.dates(date(2024, 2, 1), date(2024, 2, 9)).map(str), figure_cells, min_size=2, max_size=4
)


@st.composite
def load_orders(draw, days):
    """Return an order of loads, some of them repeated, one killed and run again, and perhaps a withdrawal."""
    repeated = draw(st.lists(st.sampled_from(days), max_size=2))
    steps = [("load", day) for day in draw(st.permutations([*days, *repeated]))]
    if withdrawn := draw(st.none() | st.sampled_from(days)):
        on = draw(st.dates(date.fromisoformat(withdrawn) + timedelta(days=1), date(2024, 2, 11)).map(str))
        steps.insert(draw(st.integers(steps.index(("load", withdrawn)) + 1, len(steps))), ("withdraw", withdrawn, on))
    killed = draw(st.sampled_from(days))
    steps.insert(steps.index(("load", killed)), (draw(st.sampled_from(sorted(KILL_POINTS))), killed))
    return steps


@pytest.mark.process
@settings(
    max_examples=ORDER_COUNT,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(published=release_figures, exhaustive=st.sampled_from(["true", "false"]), data=st.data())
def test_the_final_database_is_independent_of_load_order_and_kills(
    create_database, prepared_template, tmp_path_factory, published, exhaustive, data
):
    folder = tmp_path_factory.mktemp("orders")
    mapping = MAPPING_TOML.replace("exhaustive = false", f"exhaustive = {exhaustive}")
    steps = data.draw(load_orders(sorted(published)))
    plain = [("load", day) for day in sorted(published)] + [step for step in steps if step[0] == "withdraw"]

    expected = LoadEnvironment(create_database, prepared_template, folder / "plain", published, mapping).apply_steps(
        plain
    )
    found = LoadEnvironment(create_database, prepared_template, folder / "drawn", published, mapping).apply_steps(steps)

    assert found == expected
    assert len(found["release"]) == len(published)
    assert found["observation"]


@pytest.mark.parametrize("table", ["observation", "observation_history", "release", "release_file", "release_period"])
def test_the_database_comparison_detects_any_row_change(engine, tmp_path, table):
    load = TidyFileLoader(engine, tmp_path)
    for day, value in (("2024-02-01", 1), ("2024-02-02", 2)):
        load.load_files([load.write(CSV_HEADER + f"2024-01,export,CHN,all,{value}\n", name=f"{day}.csv")])
    before = database_content(engine, tmp_path)
    row = f"ctid = (SELECT min(ctid) FROM {table})" if table != "observation" else "true"
    with engine.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text(f"DELETE FROM {table} WHERE {row}"))

    assert {name for name, rows in database_content(engine, tmp_path).items() if rows != before[name]} >= {table}
