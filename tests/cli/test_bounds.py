"""Commands that cannot go on end in one line and an exit code; downloads end at their bound."""

import gzip

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from service.api.security.api_keys import create_key, revoke_key, rotate_key
from service.cli import main
from service.config import load_settings
from service.errors import KeyRevoked, SettingsError, SourceUnavailable
from service.ingest.fetch import download
from service.ingest.fetch.download import DownloadRequest, download_file
from tests.ingest.conftest import MAPPING_TOML


@pytest.mark.parametrize(
    ("arguments", "environment", "exit_code"),
    [
        (("openapi", "--output", "/nonexistent/x.json"), {}, 74),
        (("serve", "--bind", "127.0.0.1:0"), {"TRADEFLOWS_RATE_LIMIT": "100/min"}, 1),
        (("load", "tidy", "mapping.toml", "--mapping", "mapping.toml"), {}, 65),
        (("load", "comtrade", "a\nb.csv", "--published", "2024-01-01"), {}, 65),
    ],
)
def test_errors_of_commands_are_one_line_without_a_traceback(
    tmp_path, monkeypatch, engine, arguments, environment, exit_code
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mapping.toml").write_text(MAPPING_TOML.replace("[file]", '[file]\nencoding = "utf-99"'))
    (tmp_path / "a\nb.csv").write_text("x")
    database = {"DATABASE_URL": engine.url.render_as_string(hide_password=False), "TRADEFLOWS_HOME": str(tmp_path)}

    ended = CliRunner().invoke(main, arguments, env=database | environment)

    assert ended.exit_code == exit_code
    assert isinstance(ended.exception, SystemExit)
    assert ended.output.startswith("tradeflows: ")
    assert len(ended.output.splitlines()) <= 2


def test_an_unreadable_rate_limit_names_the_form():
    with pytest.raises(SettingsError, match="should read like 600 per minute, not '100/min'"):
        load_settings({"TRADEFLOWS_RATE_LIMIT": "100/min"})


@pytest.mark.parametrize("headers", [{}, {"Content-Encoding": "gzip"}])
def test_a_download_is_bounded_before_and_after_decoding(provider, tmp_path, monkeypatch, headers):
    monkeypatch.setattr(download, "MAX_DOWNLOAD_BYTES", 100_000)
    monkeypatch.setattr(download, "MAX_DECODED_BYTES", 3_000_000)
    content = b"0" * 5_000_000
    provider.answers = lambda *_: (200, headers, gzip.compress(content) if headers else content)
    request = DownloadRequest("file.csv", f"http://127.0.0.1:{provider.server_port}/file.csv")

    with pytest.raises(SourceUnavailable, match="more than the bound of a download"):
        download_file(request, folder=tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_a_revoked_key_is_not_rotated(engine):
    with Session(engine) as session:
        key_id = create_key(session, name="a test", scope="read", valid_days=1).split("_")[1]
        revoke_key(session, key_id)

        with pytest.raises(KeyRevoked):
            rotate_key(session, key_id, valid_days=1, overlap_days=1)
