"""The requests of the start message have figures, whatever is loaded."""

import pytest

from service.cli.reports.example_requests import example_requests


def loaded_examples(engine):
    with engine.connect() as connection:
        return example_requests(connection)


def test_an_empty_service_has_no_examples(engine):
    assert loaded_examples(engine) == []


@pytest.mark.parametrize(
    ("loaded", "count"),
    [
        ({("X", "CHN", "TOTAL", "2023"): 125, ("M", "CHN", "TOTAL", "2023"): 80}, 3),
        ({("X", "WLD", "TOTAL", "2024-01"): 125}, 2),
        ({("M", "USA", "A", "2022"): 100, ("M", "USA", "A", "2023"): 125}, 3),
        ({("X", "CHN", "TOTAL", "2023"): None}, 3),
    ],
    ids=["annual", "only the world", "only imports of one commodity", "only a missing value"],
)
def test_each_example_has_rows_with_figures(engine, client, figures, loaded, count):
    figures(loaded)

    examples = loaded_examples(engine)
    responses = [client.get(path).json for _, path in examples]

    assert len(examples) == count
    values = {row["value"] for response in responses for row in response["data"]}
    assert all(response["data"] for response in responses)
    assert max(loaded.values(), key=lambda value: value or 0) in values


def test_the_examples_of_the_demo_name_its_newest_figures(demo_engine, demo):
    examples = loaded_examples(demo_engine)

    assert examples[0] == (
        "Japan's exports to the United States in January 2024",
        "/v1/flows?reporter=JPN&flow=X&partner=USA&period=2024-01",
    )
    assert demo.get(examples[0][1]).json["data"][0]["value"] == 1423390833000
    assert all(demo.get(path).json["data"] for _, path in examples)
