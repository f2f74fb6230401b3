"""The build of the service: a digest of its code and of the installed packages."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from sysconfig import get_path

SERVICE_FOLDER = Path(__file__).parents[2]


def folder_digest(folder: Path, *, packages: Iterable[str] = ()) -> str:
    """Return a digest of the paths and contents of all files in a folder, and of the names in `packages`.

    Compiled Python files are left out.
    """
    digest = hashlib.sha256("\n".join(sorted(packages)).encode())
    for file in sorted(folder.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            content = file.read_bytes()
            digest.update(f"\n{file.relative_to(folder)} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:32]


def installed_packages() -> set[str]:
    """Return the installed Python packages, each with its version, such as `flask-3.1.0`.

    They are part of the build, because a response can change with the version of a package.
    """
    return {folder.stem for folder in Path(get_path("purelib")).glob("*.dist-info")}


BUILD_DIGEST = folder_digest(SERVICE_FOLDER, packages=installed_packages())
