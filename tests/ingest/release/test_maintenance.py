"""After a load, queries are index-only scans: the visibility map covers all pages."""

import pytest

from tests.ingest.conftest import CSV_HEADER

SELECT_VISIBLE_PAGES = """
    SELECT relallvisible, (SELECT count(DISTINCT (ctid::text::point)[0]) FROM {0})
    FROM pg_class WHERE relname = '{0}'"""


def build_csv(load, offset):
    countries = load.query_rows("SELECT code FROM area WHERE kind = 'country' ORDER BY 1 LIMIT 200")
    months = [f"2023-{month:02}" for month in range(1, 13)]
    rows = [
        f"{month},export,{code},all,{place + offset}\n" for month in months for place, (code,) in enumerate(countries)
    ]
    return CSV_HEADER + "".join(rows)


@pytest.mark.parametrize("second_day", ["2024-03-28", "2024-01-28"], ids=["a later release", "one that comes late"])
def test_all_pages_are_marked_visible_after_each_release(load, second_day):
    load(build_csv(load, 0))
    load(build_csv(load, 1), name=f"{second_day}.csv")

    for table in ("observation_1", "observation_history"):
        ((visible, with_rows),) = load.query_rows(SELECT_VISIBLE_PAGES.format(table))
        assert visible >= with_rows > 10
