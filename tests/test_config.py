"""Settings are checked once, at start, and refused in words."""

import os
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from sqlalchemy import make_url

from service.config import load_settings
from service.db.replicas.urls import host_urls
from service.errors import SettingsError


def test_the_default_database_is_in_the_user_data_folder():
    settings = load_settings({"XDG_DATA_HOME": "/data"})

    assert (settings.database_url, settings.home) == (None, Path("/data/tradeflows"))


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_postgresql_url_scheme_is_supported(scheme):
    assert load_settings({"DATABASE_URL": f"{scheme}://u@h/d"}).database_url == "postgresql+psycopg://u@h/d"


@pytest.mark.parametrize(
    "environment",
    [
        {"DATABASE_URL": "sqlite:///x"},
        {"DATABASE_URL": "h/d"},
        {"DATABASE_URL": "postgresql://u@h/d", "DATABASE_READ_URL": "sqlite:///x"},
        {"DATABASE_READ_URL": "postgresql://u@h/d"},
        {"DATABASE_URL": "postgresql://a:b:1,c:2/d?nonsense=1"},
        {"TRADEFLOWS_REPLICA_WAIT_MS": "-1"},
        {"TRADEFLOWS_PREPARED_STATEMENTS": "maybe"},
        {"TRADEFLOWS_POOL_SIZE": "many"},
        {"TRADEFLOWS_POOL_SIZE": "0"},
        {"TRADEFLOWS_RESPONSE_CACHE_MB": "-1"},
    ],
)
def test_invalid_settings_are_rejected_with_a_suggestion(environment):
    with pytest.raises(SettingsError, match="should"):
        load_settings(environment)


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"TRADEFLOWS_POOL_SIZE": "0"}, "TRADEFLOWS_POOL_SIZE should be an integer from 1 to 999999999, not '0'"),
        ({"TRADEFLOWS_DRAIN_MS": "1.5"}, "TRADEFLOWS_DRAIN_MS should be an integer from 0 to 999999999, not '1.5'"),
        ({"TRADEFLOWS_AUTH": "password"}, "TRADEFLOWS_AUTH should be none or key, not 'password'"),
    ],
)
def test_an_error_names_the_setting_and_the_valid_values(environment, message):
    with pytest.raises(SettingsError) as error:
        load_settings(environment)

    assert str(error.value) == message


def test_a_worker_per_core_is_the_default_and_two_at_least():
    assert load_settings({}).workers == max(2, os.cpu_count())


def test_a_secret_can_be_read_from_a_file(tmp_path):
    (tmp_path / "url").write_text("postgresql://u@h/d\n")
    (tmp_path / "password").write_text("p@ss/word\n")
    files = {
        "DATABASE_URL_FILE": str(tmp_path / "url"),
        "TRADEFLOWS_DATABASE_PASSWORD_FILE": str(tmp_path / "password"),
    }

    assert load_settings(files).database_url == "postgresql+psycopg://u:p%40ss%2Fword@h/d"


def test_every_setting_can_be_read_from_a_file(tmp_path):
    (tmp_path / "size").write_text("7")

    assert load_settings({"TRADEFLOWS_POOL_SIZE_FILE": str(tmp_path / "size")}).pool_size == 7


@pytest.mark.parametrize(
    ("content", "environment", "words"),
    [
        ("postgresql://u@h/d", {"DATABASE_URL": "postgresql://u@h/d"}, "both set"),
        ("", {}, "is empty"),
        ("\npostgresql://u@h/d", {}, "is empty"),
        (None, {}, "should name a readable file"),
    ],
)
def test_an_unusable_setting_file_is_rejected_with_a_message(tmp_path, content, environment, words):
    if content is not None:
        (tmp_path / "url").write_text(content)

    with pytest.raises(SettingsError, match=words):
        load_settings(environment | {"DATABASE_URL_FILE": str(tmp_path / "url")})


@pytest.mark.parametrize(
    ("urls", "expected_urls"),
    [
        ("a:1,b:2/d", "host=a%2Cb&port=1%2C2"),
        ("a,b/d", "host=a%2Cb"),
        ("/d?host=a,b&port=1", "host=a%2Cb&port=1%2C1"),
        ("/d?host=a,b&port=1,2", "host=a%2Cb&port=1%2C2"),
    ],
)
def test_multi_host_urls_select_primary_and_standby(urls, expected_urls):
    settings = load_settings({"DATABASE_URL": f"postgresql://u@{urls}", "DATABASE_READ_URL": f"postgresql://{urls}"})

    query = {name: make_url(getattr(settings, name)).query for name in ("database_url", "database_read_url")}

    expected = dict(parse_qsl(expected_urls))
    assert query == {
        "database_url": expected | {"target_session_attrs": "primary"},
        "database_read_url": expected | {"target_session_attrs": "prefer-standby"},
    }


def test_explicit_multi_host_options_are_preserved():
    settings = load_settings(
        {"DATABASE_URL": "postgresql://h/d", "DATABASE_READ_URL": "postgresql://a,b/d?target_session_attrs=any"}
    )

    assert host_urls(settings.database_read_url) == [
        "postgresql+psycopg:///d?host=a&target_session_attrs=any",
        "postgresql+psycopg:///d?host=b&target_session_attrs=any",
    ]


def test_a_password_completes_every_address(tmp_path):
    (tmp_path / "password").write_text("p/w\n")
    addresses = {"DATABASE_URL": "postgresql://u@h/d", "DATABASE_READ_URL": "postgresql://u@a:1,b:2/d"}

    settings = load_settings(addresses | {"TRADEFLOWS_DATABASE_PASSWORD_FILE": str(tmp_path / "password")})

    every = [settings.database_url, *host_urls(settings.database_read_url)]
    assert [make_url(url).password for url in every] == ["p/w"] * 3
