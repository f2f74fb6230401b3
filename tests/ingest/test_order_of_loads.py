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

from service.ingest.catalog.exchange_rates import enter_exchange_rates
from service.ingest.release.publish import in_one_transaction
from service.ingest.release.withdraw import withdraw_release
from tests.ingest.conftest import HEADER, MAPPING, Loader
from tests.ingest.killing import kill_at, starting

ORDERS = int(os.environ.get("ORDERS", "4"))

MOMENTS = {
    "before its release is entered": "LOCK TABLE release IN SHARE MODE",
    "when all its rows are there": "SELECT FROM data_version FOR UPDATE",
}
"""What holds a load back, and where in its transaction that is."""

REFERENCE = {
    "alembic_version",
    "area",
    "area_code",
    "area_member",
    "exchange_rate",
    "indicator",
    "indicator_figure",
    "measure",
    "measure_good",
    "measure_partner",
}
"""Tables that no load of figures writes to."""

SURROGATES = {
    "dataset_id": "dataset",
    "release_id": "release",
    "classification_id": "classification",
    "reporter_id": "area",
    "partner_id": "area",
    "commodity_id": "commodity",
    "parent_id": "commodity",
}
"""Columns that hold the surrogate key of a row in another table, which is named here by its code instead."""

LEFT_OUT = {
    "id": "a number drawn from a sequence, of which a load that was killed has used up one",
    "loaded_at": "when it was loaded, which differs with every load",
}
"""Columns in which one database may differ from another, and why."""


def content(engine, folder):
    """Return every row of every table that a load writes to, by natural keys and in order, and the archived files."""
    with engine.connect() as connection:
        query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        # The partitions of a table are read with it.
        tables = [name for name in connection.scalars(text(query)) if not name.startswith("observation_")]
        tables = [*(name for name in tables if name not in REFERENCE), "observation_history"]
        rows = {name: connection.scalars(text(f"SELECT to_jsonb(t) FROM {name} AS t")).all() for name in tables}
        areas = connection.execute(text("SELECT id, code FROM area")).all()
    codes = {name: {row["id"]: row["code"] for row in of if "code" in row} for name, of in rows.items()}
    codes["area"] = dict(areas)
    by_natural_keys = {name: sorted(str(_natural(row, codes)) for row in of) for name, of in rows.items()}
    archived = sorted(str(path.relative_to(folder)) for path in (folder / "archive").rglob("*") if path.is_file())
    return by_natural_keys | {"archive": archived}


def _natural(row, codes):
    return {
        name: codes[SURROGATES[name]].get(value) if name in SURROGATES else value
        for name, value in row.items()
        if name not in LEFT_OUT
    }


@pytest.fixture(scope="module")
def prepared(create_database, template):
    """Return the name of a database in which the command has nothing left to enter before it loads."""
    engine = create_engine(create_database("orders_template", template=template))
    with in_one_transaction(engine) as session:
        enter_exchange_rates(session)
        # A hundred thousand of rates, which no load touches, would be copied for every order.
        session.execute(text("TRUNCATE exchange_rate"))
        session.commit()
    engine.dispose()
    return "orders_template"


class World:
    """A database of its own, and a folder with the files of all releases."""

    def __init__(self, create_database, template, folder, published, mapping):
        self.engine = create_engine(create_database(f"order_{next(_numbers)}", template=template))
        folder.mkdir()
        self.load = Loader(self.engine, folder)
        (folder / "mapping.toml").write_text(mapping)
        self.files = {day: self.load.write(_file(cells), name=f"{day}.csv") for day, cells in published.items()}

    def take(self, step):
        """Load a release, or withdraw it, or begin with it and be killed at a moment of the transaction."""
        what, day, *on = step
        if what == "load":
            self.load.files([self.files[day]])
        elif what == "withdraw":
            with in_one_transaction(self.engine) as session:
                withdraw_release(session, f"jpn-test-{day}", on=date.fromisoformat(*on))
                session.commit()
        else:
            process = starting(self.engine, self.load.folder)(f"{day}.csv")
            changed = kill_at(self.engine, MOMENTS[what], process)
            assert ({"observation", "release_period"} <= changed) == (what == "when all its rows are there")

    def after(self, steps):
        """Return what the database holds after these steps."""
        for step in steps:
            self.take(step)
        found = content(self.engine, self.load.folder)
        self.engine.dispose()
        return found


_numbers = count(1)


def _file(cells):
    return HEADER + "".join(f"{','.join(cell)},{value}\n" for cell, value in sorted(cells.items()))


cells = st.dictionaries(
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
releases = st.dictionaries(st.dates(date(2024, 2, 1), date(2024, 2, 9)).map(str), cells, min_size=2, max_size=4)


@st.composite
def orders(draw, days):
    """Return an order of loads, some of them repeated, one killed and run again, and perhaps a withdrawal."""
    repeated = draw(st.lists(st.sampled_from(days), max_size=2))
    steps = [("load", day) for day in draw(st.permutations([*days, *repeated]))]
    if withdrawn := draw(st.none() | st.sampled_from(days)):
        on = draw(st.dates(date.fromisoformat(withdrawn) + timedelta(days=1), date(2024, 2, 11)).map(str))
        steps.insert(draw(st.integers(steps.index(("load", withdrawn)) + 1, len(steps))), ("withdraw", withdrawn, on))
    killed = draw(st.sampled_from(days))
    steps.insert(steps.index(("load", killed)), (draw(st.sampled_from(sorted(MOMENTS))), killed))
    return steps


@settings(
    max_examples=ORDERS,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(published=releases, exhaustive=st.sampled_from(["true", "false"]), data=st.data())
def test_the_database_is_identical_whatever_the_order_and_though_a_load_was_killed(
    create_database, prepared, tmp_path_factory, published, exhaustive, data
):
    folder = tmp_path_factory.mktemp("orders")
    mapping = MAPPING.replace("exhaustive = false", f"exhaustive = {exhaustive}")
    steps = data.draw(orders(sorted(published)))
    plain = [("load", day) for day in sorted(published)] + [step for step in steps if step[0] == "withdraw"]

    expected = World(create_database, prepared, folder / "plain", published, mapping).after(plain)
    found = World(create_database, prepared, folder / "drawn", published, mapping).after(steps)

    assert found == expected
    assert len(found["release"]) == len(published)
    assert found["observation"]


@pytest.mark.parametrize("table", ["observation", "observation_history", "release", "release_file", "release_period"])
def test_what_is_compared_tells_apart_any_change_of_a_row(engine, tmp_path, table):
    load = Loader(engine, tmp_path)
    for day, value in (("2024-02-01", 1), ("2024-02-02", 2)):
        load.files([load.write(HEADER + f"2024-01,export,CHN,all,{value}\n", name=f"{day}.csv")])
    before = content(engine, tmp_path)
    row = f"ctid = (SELECT min(ctid) FROM {table})" if table != "observation" else "true"
    with engine.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text(f"DELETE FROM {table} WHERE {row}"))

    assert {name for name, rows in content(engine, tmp_path).items() if rows != before[name]} >= {table}
