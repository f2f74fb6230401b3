"""Checks of the paths to load: they must be regular files, with names that fit in one line."""

import stat
from pathlib import Path

from service.domain.text_rules import printable, text_error
from service.errors import FileError, InvalidFile

FILE_KINDS = {
    stat.S_ISFIFO: "a named pipe",
    stat.S_ISSOCK: "a socket",
    stat.S_ISCHR: "a device",
    stat.S_ISBLK: "a device",
    stat.S_ISDIR: "a folder",
}


def check_loadable(path: Path) -> None:
    """Check that a path is a regular file: reading anything else could block or never end.

    :raises InvalidFile: the path is not a regular file, is a link to another folder, or has a name with control
        characters.
    """
    name = printable(path.name)
    if rule := text_error(path.name):
        raise InvalidFile(name, [FileError(f"the file name {rule}; rename it")])
    try:
        mode = path.stat().st_mode
        is_outside = path.is_symlink() and path.resolve().parent != path.parent.resolve()
    except (OSError, RuntimeError) as error:
        raise InvalidFile(
            name, [FileError(f"the file cannot be read: {getattr(error, 'strerror', None) or error}")]
        ) from error
    kind = next((text for is_kind, text in FILE_KINDS.items() if is_kind(mode)), None)
    if kind is not None:
        raise InvalidFile(name, [FileError(f"is {kind}, not a regular file")])
    if is_outside:
        raise InvalidFile(name, [FileError("is a link to a file in another folder; load that file itself")])
