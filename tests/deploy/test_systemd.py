"""The systemd units are valid, and the timer starts the service of its name."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from service.cli.main import main

pytestmark = [pytest.mark.network_tools, pytest.mark.process]

UNIT_FOLDER = Path(__file__).parents[2] / "deploy" / "systemd"
INSTALLED_COMMAND = "/opt/tradeflows/bin/tradeflows"


@pytest.fixture(scope="module")
def unit_copies(tmp_path_factory):
    """Return copies of the units with a program that exists on this machine."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze on this machine")
    folder = tmp_path_factory.mktemp("units")
    for unit in UNIT_FOLDER.iterdir():
        (folder / unit.name).write_text(unit.read_text().replace(INSTALLED_COMMAND, sys.executable))
    return folder


@pytest.mark.parametrize("name", ["tradeflows.service", "tradeflows-fetch.service", "tradeflows-fetch.timer"])
def test_a_unit_is_valid(unit_copies, name):
    command = ["systemd-analyze", "verify", "--man=no", unit_copies / name]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)

    faults = [line for line in ended.stderr.splitlines() if "tradeflows" in line]
    assert (ended.returncode, faults) == (0, []), ended.stderr


@pytest.mark.parametrize("unit", sorted(UNIT_FOLDER.glob("*.service")), ids=lambda unit: unit.name)
def test_a_unit_starts_a_command_with_known_options(unit):
    (line,) = [line for line in unit.read_text().splitlines() if line.startswith("ExecStart=")]
    words = line.removeprefix(f"ExecStart={INSTALLED_COMMAND} ").split()

    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])

    assert ended.value.code == 0
