"""The guide docs/how-to/generate-clients.md: its files in a folder, its commands, and programs that run there."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.docs.test_commands import DOCUMENTED_URL, ROOT, code_blocks

BLOCKS = list(code_blocks(ROOT / "docs" / "how-to" / "generate-clients.md"))
BIN_FOLDERS = (str(Path(sys.executable).parent), "/usr/local/go/bin", "/usr/local/bin", "/usr/bin", "/bin")
PROGRAM_TIMEOUT_S = 400


def prepare_folder(folder: Path, server_url: str) -> None:
    """Write the OpenAPI document and all files of the guide, with the address of the service, to a folder."""
    for part in ("openapi", "docs/clients"):
        shutil.copytree(ROOT / part, folder / part)
    for block in BLOCKS:
        if block.directive == "file":
            (folder / block.argument).write_text(block.text.replace(DOCUMENTED_URL, server_url))


def run_checked(command: Sequence[str], folder: Path, **environment: str) -> str:
    """Run a program in a folder, and return its output; fail with all that it printed."""
    proxies = {name: text for name, text in os.environ.items() if name.lower().endswith("_proxy")}
    done = subprocess.run(
        command,
        cwd=folder,
        env={"PATH": ":".join(BIN_FOLDERS), "HOME": str(folder)} | proxies | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=PROGRAM_TIMEOUT_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def run_guide_commands(text: str, folder: Path, **environment: str) -> None:
    """Run the one block of commands in the guide that contains a text."""
    (commands,) = (block.text for block in BLOCKS if block.language == "sh" and text in block.text)
    run_checked(["bash", "-euc", commands], folder, **environment)
