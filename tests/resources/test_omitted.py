"""Facts that a headline leaves out. Expected figures: ../shared/data/SOURCES.md, and sums worked by hand."""

from datetime import date

import pytest

from service.domain.calendar_facts import moved_lunar_new_year, working_days

FACTS_PATH = "/v1/omitted?reporter=JPN&flow=X&period=2024-01"


def fetch_facts(client, path):
    response = client.get(path)
    assert response.status_code == 200, response.json
    return response.json["data"]


@pytest.fixture(scope="module")
def world_facts(demo):
    return {fact["kind"]: fact for fact in fetch_facts(demo, f"{FACTS_PATH}&named=CHN,USA")}


def test_exports_did_not_grow_in_dollars(world_facts):
    # The mean rate was 130.5 yen for a dollar in January 2023 and 146.0 a year later.
    fact = world_facts["in_other_currency"]

    assert fact["sentence"] == (
        "In US dollars, exports in January 2024 were down 0.1 % on a year before, against up 11.9 % in yen."
    )
    assert [round(figure["value"], 2) for figure in fact["figures"]] == [-0.08]


def test_the_other_flow_has_the_balance(world_facts):
    assert world_facts["other_flow"]["sentence"] == (
        "Imports were 9.09 trillion yen, down 9.5 % on a year before; the balance was a deficit of 1.76 trillion yen "
        "after a deficit of 3.50 trillion yen a year before."
    )


def test_the_lunar_new_year_and_the_working_days_are_stated(demo):
    sentences = [fact["sentence"] for fact in fetch_facts(demo, FACTS_PATH) if fact["kind"] == "calendar"]

    assert sentences == [
        "The Lunar New Year began on 22 January 2023 and on 10 February 2024, so some partners had "
        "different numbers of holidays in January 2023 and 2024.",
        "January had 21 working days in Japan in 2024 and 20 in 2023.",
    ]


def test_integrated_circuits_are_within_the_opposite_mover_to_china(demo):
    facts = {fact["kind"]: fact["sentence"] for fact in fetch_facts(demo, f"{FACTS_PATH}&partner=CHN")}

    assert "semiconductor machinery etc to China rose by" in facts["largest_mover"]
    assert "up 84.7 %" in facts["largest_mover"]
    assert "semiconductors etc to China fell by" in facts["largest_opposite_mover"]
    assert "down 6.7 %" in facts["largest_opposite_mover"]


def test_a_mover_states_what_it_is_compared_with(world_facts):
    # The demo has 7 principal commodities of level 2, which are a part of all exports.
    sentences = [world_facts[kind]["sentence"] for kind in ("largest_mover", "largest_opposite_mover")]

    assert sentences[0].startswith("The largest change among 7 detailed commodities (39.9 % of exports) and partners")
    assert all("partners that the text does not name: exports of" in sentence for sentence in sentences)


def test_named_codes_are_no_movers(world_facts):
    movers = [world_facts[kind]["link"] for kind in ("largest_mover", "largest_opposite_mover")]

    assert not any(f"partner={code}" in link for link in movers for code in ("CHN", "USA"))


def test_every_figure_is_in_the_row_of_its_link(demo, world_facts):
    for kind in ("in_other_currency", "largest_mover", "largest_opposite_mover", "other_flow"):
        (row,) = demo.get(world_facts[kind]["link"]).json["data"]
        figures = world_facts[kind]["figures"]
        assert {figure["name"]: row[figure["name"]] for figure in figures} == {
            figure["name"]: figure["value"] for figure in figures
        }


def test_growth_over_two_years_is_stated_where_the_base_moved(client, figures):
    figures({("X", "CHN", "A1", "2021"): 100, ("X", "CHN", "A1", "2022"): 80, ("X", "CHN", "A1", "2023"): 104})

    facts = fetch_facts(client, "/v1/omitted?reporter=JPN&partner=CHN&flow=X&commodity=A1&frequency=A&period=2023")

    # 104 over 100 in two years, after 80 over 100.
    (fact,) = [fact for fact in facts if fact["kind"] == "base_effect"]
    assert "were up 4.0 %: in 2022 they were down 20.0 %" in fact["sentence"]


@pytest.mark.parametrize(
    ("year", "month", "days"),
    [
        (2024, 1, (date(2023, 1, 22), date(2024, 2, 10))),
        (2024, 2, (date(2023, 1, 22), date(2024, 2, 10))),
        (2024, 3, None),
        (2022, 2, None),
    ],
)
def test_the_lunar_new_year_moves_between_january_and_february(year, month, days):
    assert moved_lunar_new_year(year, month) == days


def test_working_days_leave_out_weekends_and_public_holidays():
    # January 2024: 23 weekdays, without the 1st and the 8th; January 2023: 22, without the 2nd and the 9th.
    assert (working_days("JP", 2024, 1), working_days("JP", 2023, 1), working_days("XX", 2024, 1)) == (21, 20, None)
