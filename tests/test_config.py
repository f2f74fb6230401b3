"""Settings are checked once, at start, and refused in words."""

from pathlib import Path

import pytest

from service.config import settings_from
from service.errors import SettingsError


def test_without_a_database_the_service_keeps_one_in_the_users_data_folder():
    settings = settings_from({"XDG_DATA_HOME": "/data"})

    assert (settings.database_url, settings.home) == (None, Path("/data/tradeflows"))


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_to_write_the_address_of_postgresql_is_understood(scheme):
    assert settings_from({"DATABASE_URL": f"{scheme}://u@h/d"}).database_url == "postgresql+psycopg://u@h/d"


@pytest.mark.parametrize(
    "environment",
    [{"DATABASE_URL": "sqlite:///x"}, {"DATABASE_URL": "h/d"}, {"POOL_SIZE": "many"}, {"POOL_SIZE": "0"}],
)
def test_what_cannot_be_is_refused_with_what_would_be_right(environment):
    with pytest.raises(SettingsError, match="should"):
        settings_from(environment)
