"""The moment between the commits of two servers: one has the new state of the data, the other still the old figures."""

import pytest

from tests.distributed.conftest import pause_replay

pytestmark = pytest.mark.process

STATE = "SELECT version || ' ' || token FROM data_version"
VALUE = "SELECT value::text FROM observation"
VALUE_WITH_STATE = f"SELECT ({STATE}) || ': ' || value FROM observation"


def test_figures_between_two_commits_have_the_state_that_they_are_of(service, replica_pair):
    """Citus commits the state on the coordinator first. Here the primary has it, and the standby has the figures."""
    primary, standby = replica_pair.primary.query_value, replica_pair.standby.query_value
    replica_pair.standby.wait_for_replay(replica_pair.primary)
    version, value = service.fetch_version_and_value()
    state = primary(STATE)
    with pause_replay(replica_pair):
        replica_pair.publish({"2024": value + 1}, published="2024-12-01")
        first_state, gap_value, last_state = primary(STATE), standby(VALUE), primary(STATE)
        one_statement = standby(VALUE_WITH_STATE)
        responses = [
            service.fetch_version_and_value(f"/v1/flows?reporter=JPN&flow=X&frequency=A&limit={n}") for n in range(1, 6)
        ]
    replica_pair.standby.wait_for_replay(replica_pair.primary)

    # A state that is asked for before and after the figures is the same, and is not theirs.
    assert first_state == last_state != state
    assert gap_value == str(value)
    # A state of the same statement is theirs, in SQL and in the responses of the service.
    assert one_statement == f"{state}: {value}"
    assert set(responses) <= {(version, value), (version + 1, value + 1)}
    assert standby(VALUE_WITH_STATE) == f"{last_state}: {value + 1}"
