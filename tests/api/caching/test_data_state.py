"""A response is of one state of the data, whenever a load ends between two of its statements."""

from contextlib import contextmanager, nullcontext

import pytest
from sqlalchemy import event

from service.api.database.request_context import DATABASE_EXTENSION
from service.app import create_app

REQUEST_PATHS = (
    "/v1/flows?reporter=JPN&frequency=A&period=2021&partner=CHN,USA",
    "/v1/partners?reporter=JPN&frequency=A&period=2022&flow=X",
    "/v1/revisions?reporter=JPN&frequency=A&period=2020&flow=X",
    "/v1/reporters",
    "/v1/releases",
)


@contextmanager
def call_before_statement(app, engine, number, action):
    """Call `action` before the statement of that number, from 0; yield a list that each statement is added to."""
    statements = []

    def note(statement):
        statements.append(statement)
        if len(statements) == number + 1:
            action()

    def note_session(_connection, _cursor, statement, *_):
        note(statement)

    def note_read(statement):
        note(statement.decode())
        return nullcontext()

    (read_pool,) = app.extensions[DATABASE_EXTENSION].read_pools.values()
    read_pool.statement_hook = note_read
    event.listen(engine, "before_cursor_execute", note_session)
    yield statements
    event.remove(engine, "before_cursor_execute", note_session)


@pytest.mark.parametrize("path", REQUEST_PATHS)
def test_a_load_between_two_statements_gives_the_response_after_it(engine, figures, path):
    figures({("X", partner, "TOTAL", "2020"): 100 for partner in ("WLD", "CHN")})
    with call_before_statement(app := create_app(engine), engine, -1, lambda: None) as statements:
        app.test_client().get(path)
    keys = [("X", partner, "TOTAL", year) for partner in ("WLD", "CHN") for year in ("2020", "2021", "2022")]

    for value, number in enumerate(range(0, len(statements), max(1, len(statements) // 5)), start=1):
        cells = dict.fromkeys(keys, value)
        published, app = f"2024-03-{value:02}", create_app(engine)
        with call_before_statement(app, engine, number, lambda: figures(cells, published=published)):  # noqa: B023
            response = app.test_client().get(path)

        expected = create_app(engine).test_client().get(path)
        assert (response.status_code, response.json) == (expected.status_code, expected.json)
        assert response.headers["ETag"] == expected.headers["ETag"]


def test_every_read_of_figures_returns_the_token_in_the_same_statement(demo_engine):
    app = create_app(demo_engine)
    with call_before_statement(app, demo_engine, -1, lambda: None) as statements:
        for path in REQUEST_PATHS:
            app.test_client().get(path)

    without_token = [statement for statement in statements if "FROM data_version" not in statement]
    assert len(statements) > len(REQUEST_PATHS)
    assert without_token == []
