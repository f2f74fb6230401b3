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
        "In US dollars, exports in January 2024 were down 0.1% from a year earlier, against up 11.9% in yen."
    )
    assert [round(figure["value"], 2) for figure in fact["figures"]] == [-0.08]


def test_the_other_flow_has_the_balance(world_facts):
    assert world_facts["other_flow"]["sentence"] == (
        "Imports were 9.09 trillion yen, down 9.5% from a year earlier; the balance was a deficit of 1.76 trillion yen "
        "after a deficit of 3.50 trillion yen a year earlier."
    )


def test_the_lunar_new_year_and_the_working_days_are_stated(demo):
    sentences = [fact["sentence"] for fact in fetch_facts(demo, FACTS_PATH) if fact["kind"] == "calendar"]

    assert sentences == [
        "The Lunar New Year began on 22 January 2023 and on 10 February 2024, so some partners had "
        "different numbers of holidays in January 2023 and 2024.",
        "January had 21 working days in Japan in 2024 and 20 in 2023.",
    ]


def test_movers_are_named_at_the_most_detailed_level_that_has_half_of_the_change(demo):
    # Machinery to China rose by 71.1 billion yen, of which chipmaking machinery 56.9; transport equipment to the United
    # States by 129.0, of which cars 91.6. Integrated circuits to China fell by 13.7, all semiconductors by 6.7.
    facts = {fact["kind"]: fact["sentence"] for fact in fetch_facts(demo, f"{FACTS_PATH}&partner=CHN")}
    all_partners = {fact["kind"]: fact["sentence"] for fact in fetch_facts(demo, FACTS_PATH)}

    assert "semiconductor machinery etc to China rose by 56.86 billion yen (up 84.7%)" in facts["largest_mover"]
    assert "(IC) to China fell by 13.74 billion yen (down 17.2%)" in facts["largest_opposite_mover"]
    assert "passenger cars to the United States rose by 91.62 billion yen" in all_partners["largest_mover"]


def test_a_mover_states_what_it_is_compared_with(world_facts):
    # The nine sections of the demo's commodities add up to all exports.
    sentences = [world_facts[kind]["sentence"] for kind in ("largest_mover", "largest_opposite_mover")]

    assert sentences[0].startswith("The largest change among 18 commodities of every level (100.0% of exports) and ")
    assert all("partners other than those already named: exports of" in sentence for sentence in sentences)


def test_growth_over_two_years_sees_through_a_low_base(demo):
    facts = {fact["kind"]: fact["sentence"] for fact in fetch_facts(demo, f"{FACTS_PATH}&partner=CHN")}

    assert facts["base_effect"] == (
        "Over two years exports to China were up 7.2%: in January 2023 they were down 17.1% from a year earlier."
    )


@pytest.mark.parametrize(
    ("query", "is_stated"),
    [
        ("period=2024-01", True),
        ("period=2023-06", False),  # it began in July 2023
        ("period=2024-01&commodity=SEMICON-MACHINERY-ETC", True),
        ("period=2024-01&commodity=CAR", False),
        ("period=2024-01&flow=M", False),
    ],
)
def test_measures_that_began_since_the_base_are_stated(demo, query, is_stated):
    facts = fetch_facts(demo, f"/v1/omitted?reporter=JPN&flow=X&{query}".replace("flow=X&period=2024-01&flow", "flow"))
    sentences = [fact["sentence"] for fact in facts if fact["kind"] == "measure"]
    measure = "Export controls on 23 items of semiconductor manufacturing equipment"
    stated = [f"{measure} began on 23 July 2023, between the two compared periods."]

    assert sentences == (stated if is_stated else [])


def test_the_figures_of_the_partner_stand_beside_the_usual_discrepancy(client, figures):
    japan = {"2021": 80, "2022": 100, "2023": 110}
    united_states = {"2021": 90, "2022": 120, "2023": 143}
    figures({("X", "USA", "TOTAL", year): value for year, value in japan.items()})
    figures(
        {("M", "JPN", "TOTAL", year): value for year, value in united_states.items()},
        **{"code": "usa-a", "reporter": "USA", "published": "2024-03-07"},
    )

    facts = fetch_facts(client, "/v1/omitted?reporter=JPN&partner=USA&flow=X&frequency=A&period=2023")

    # 143 over 120 are 19.2% more; 143 over 110 are 30% more, after 120 over 100, 20% more.
    (fact,) = [fact for fact in facts if fact["kind"] == "partner_figures"]
    assert fact["sentence"] == (
        "The United States itself reports imports from Japan of 143 US dollars, up 19.2% from a year earlier; "
        "that is 30.0% more than the figure of Japan, against 20.0% more over the 12 months before."
    )
    assert {figure["name"]: round(figure["value"], 1) for figure in fact["figures"]} == {
        **{"mirror_value": 143, "mirror_yoy_pct": 19.2, "gap_pct": 30.0, "usual_gap_pct": 20.0}
    }


def test_growth_is_split_into_price_and_quantity_where_quantities_are_known(client, figures):
    figures(
        {
            ("X", "CHN", "A1", "2022"): {"value": 100, "quantity": 50, "quantity_unit": "t", "net_weight_kg": 40_000},
            ("X", "CHN", "A1", "2023"): {"value": 132, "quantity": 60, "quantity_unit": "t", "net_weight_kg": 50_000},
        }
    )

    facts = fetch_facts(client, "/v1/omitted?reporter=JPN&partner=CHN&flow=X&commodity=A1&frequency=A&period=2023")

    # 60 over 50 are 20%; 132 / 60 = 2.2 over 100 / 50 = 2 are 10%.
    (fact,) = [fact for fact in facts if fact["kind"] == "price_and_quantity"]
    assert (
        "up 20.0% from a year earlier, and the unit value, in which the mix of goods counts, up 10.0%"
        in fact["sentence"]
    )


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
    assert "were up 4.0%: in 2022 they were down 20.0%" in fact["sentence"]


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


def test_months_that_are_added_to_a_quarter_are_no_revision(client, figures):
    # The first quarter was 100 with one month, 300 when it was complete, and is 301 now: 0.3 % more.
    first_quarter = {"2023-01": 100, "2023-02": 100, "2023-03": 100}
    figures({"2023-01": 100}, published="2023-02-20")
    figures(first_quarter, published="2023-04-20")
    figures(first_quarter | {"2023-01": 101}, published="2023-07-20")
    figures({"2023-04": 100, "2023-05": 100, "2023-06": 100}, published="2023-07-21")

    facts = fetch_facts(client, "/v1/omitted?reporter=JPN&flow=X&frequency=Q&period=2023-Q2")

    (sentence,) = (fact["sentence"] for fact in facts if fact["kind"] == "reliability")
    assert sentence == (
        "First figures of exports in this series were revised by 0.3% on average and by 0.3% at most, over 1 period."
    )
