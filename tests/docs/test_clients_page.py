"""The table of clients has no row without a test; the other direction is checked by each test of a client."""

import re

from tests.support.clients.page import BEGIN_MARKER, CLIENTS_PAGE, END_MARKER, PROJECT_FOLDER


def test_every_row_names_tests_that_run_the_client():
    table = CLIENTS_PAGE.read_text().partition(BEGIN_MARKER)[2].partition(END_MARKER)[0]
    rows = [line.removeprefix("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")][1:]

    assert len(rows) >= 25
    for client, _, _, sources in rows:
        files = re.findall(r"`(tests/[^`]+)`", sources)
        assert files, client
        assert [file for file in files if client not in (PROJECT_FOLDER / file).read_text()] == [], client
