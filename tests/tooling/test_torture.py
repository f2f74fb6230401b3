"""The table of what the service withstands: its rows are tests that there are, and a row is made anew by itself."""

import re

import pytest

from tools.torture.figures import figures_from
from tools.torture.rows import ROWS, Row
from tools.torture.table import line, merged

REPORT = """<testsuites><testsuite>
<testcase name="one">
<properties><property name="injected" value="3"/><property name="longest_s" value="0.5"/></properties>
</testcase><testcase name="two">{}
<properties><property name="injected" value="4"/><property name="longest_s" value="0.25"/></properties>
</testcase></testsuite></testsuites>"""
ROW = Row("backend-frozen", "a fault", "a promise", (), kept=lambda figures: figures["longest_s"] <= 0.4)


@pytest.fixture
def figures(tmp_path):
    """Return a function that gives the figures of a report; the second of its two tests ended as told."""

    def figures(ended=""):
        (tmp_path / "report.xml").write_text(REPORT.format(ended))
        return figures_from(tmp_path / "report.xml")

    return figures


@pytest.mark.parametrize("test", [test for row in ROWS for test in row.tests])
def test_every_test_of_a_row_is_there(test, pytestconfig):
    path, _, name = test.partition("[")[0].partition("::")

    assert (pytestconfig.rootpath / path).exists()
    assert not name or re.search(rf"^def {name}\(", (pytestconfig.rootpath / path).read_text(), re.MULTILINE)


def test_the_page_has_a_line_for_every_row(pytestconfig):
    page = (pytestconfig.rootpath / "docs/torture.md").read_text()

    assert re.findall(r"^\| ([a-z-]+) \|", page, re.MULTILINE) == ["row", *(row.name for row in ROWS)]


def test_counts_are_added_up_of_times_the_longest_is_told_and_a_promise_that_is_not_kept(figures):
    assert line(ROW, figures()) == "| backend-frozen | a fault | 7 |  |  | 0.50 s |  | a promise | **no** |"


@pytest.mark.parametrize(
    ("ended", "verdict"),
    [("<failure/>", "failed: two"), ('<skipped message="no root"/>', "**no**; 1 not run: no root")],
)
def test_a_row_of_which_a_test_failed_or_did_not_run_says_so(figures, ended, verdict):
    assert line(ROW, figures(ended)).endswith(f"| a promise | {verdict} |")


def test_a_row_of_which_no_test_ran_says_why(tmp_path):
    (tmp_path / "report.xml").write_text(
        '<testsuites><testsuite><testcase name="one"><skipped message="no root"/></testcase></testsuite></testsuites>'
    )

    assert line(ROW, figures_from(tmp_path / "report.xml")).endswith("| a promise | not run: no root |")


def test_a_row_that_is_run_alone_leaves_the_others_as_they_were(figures):
    empty = "text\n<!-- figures begin -->\n<!-- figures end -->\nmore"
    first = merged(empty, {"database-killed": "| database-killed | as measured |"})

    page = merged(first, {"backend-frozen": line(ROW, figures())})

    assert page.startswith("text\n<!-- figures begin -->\n")
    assert page.endswith("<!-- figures end -->\nmore")
    assert "| database-killed | as measured |\n| backend-frozen | a fault | 7 |" in page
    assert page.count("\n| ") == 1 + len(ROWS)
