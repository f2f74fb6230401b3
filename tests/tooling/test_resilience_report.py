"""The resilience report: its scenarios name existing tests, and one scenario can be run alone."""

import re

import pytest

from tests.support.faults.resilience_report import merge_rows, read_measurements, render_row
from tests.support.faults.scenarios import SCENARIOS, FaultScenario

REPORT_XML = """<testsuites><testsuite>
<testcase name="one">
<properties><property name="injected" value="3"/><property name="longest_s" value="0.5"/></properties>
</testcase><testcase name="two">{}
<properties><property name="injected" value="4"/><property name="longest_s" value="0.25"/></properties>
</testcase></testsuite></testsuites>"""
TEST_SCENARIO = FaultScenario(
    "backend-frozen", "a fault", "a promise", (), is_met=lambda figures: figures["longest_s"] <= 0.4
)


@pytest.fixture
def read_report(tmp_path):
    """Return a function that reads a report of two tests, the second of which has an element `ended`."""

    def read_report(ended=""):
        (tmp_path / "report.xml").write_text(REPORT_XML.format(ended))
        return read_measurements(tmp_path / "report.xml")

    return read_report


@pytest.mark.parametrize("test", [test for row in SCENARIOS for test in row.tests])
def test_every_test_of_a_scenario_exists(test, pytestconfig):
    path, _, name = test.partition("[")[0].partition("::")

    assert (pytestconfig.rootpath / path).exists()
    assert not name or re.search(rf"^def {name}\(", (pytestconfig.rootpath / path).read_text(), re.MULTILINE)


def test_the_report_has_a_row_for_every_scenario(pytestconfig):
    page = (pytestconfig.rootpath / "docs/explanation/resilience.md").read_text()

    assert re.findall(r"^\| ([a-z-]+) \|", page, re.MULTILINE) == ["scenario", *(row.name for row in SCENARIOS)]


def test_a_row_has_summed_counts_the_longest_time_and_the_result(read_report):
    assert (
        render_row(TEST_SCENARIO, read_report())
        == "| backend-frozen | a fault | 7 |  |  | 0.50 s |  | a promise | **no** |"
    )


@pytest.mark.parametrize(
    ("ended", "result"),
    [("<failure/>", "failed: two"), ('<skipped message="no root"/>', "**no**; 1 not run: no root")],
)
def test_failed_and_skipped_tests_are_reported(read_report, ended, result):
    assert render_row(TEST_SCENARIO, read_report(ended)).endswith(f"| a promise | {result} |")


def test_a_scenario_without_executed_tests_has_a_reason(tmp_path):
    (tmp_path / "report.xml").write_text(
        '<testsuites><testsuite><testcase name="one"><skipped message="no root"/></testcase></testsuite></testsuites>'
    )

    assert render_row(TEST_SCENARIO, read_measurements(tmp_path / "report.xml")).endswith(
        "| a promise | not run: no root |"
    )


def test_running_one_scenario_preserves_the_other_rows(read_report):
    empty = "text\n<!-- figures begin -->\n<!-- figures end -->\nmore"
    first = merge_rows(empty, {"database-killed": "| database-killed | as measured |"})

    page = merge_rows(first, {"backend-frozen": render_row(TEST_SCENARIO, read_report())})

    assert page.startswith("text\n<!-- figures begin -->\n")
    assert page.endswith("<!-- figures end -->\nmore")
    assert "| database-killed | as measured |\n| backend-frozen | a fault | 7 |" in page
    assert page.count("\n| ") == 1 + len(SCENARIOS)
