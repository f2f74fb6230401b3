"""Where the embedded server of a `home` has its data and its socket, and how it is run: written down, then kept to."""

import hashlib
import json
import os
import stat
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from service.db.embedded.privileges import PostgresRunner, RunMode, choose_runner
from service.errors import SourceUnavailable

DIRECTORY_FILE = "place.json"
SOCKET_PORT = 5432
"""No network port, only part of the socket's name; given everywhere, as PGPORT would change it otherwise."""

SYSTEM_DATA_FOLDER = Path("/var/lib/tradeflows")
MAX_SOCKET_FOLDER_BYTES = 85
"""In bytes. The kernel cuts a socket's path at 107; its name takes 14 and a separator, the rest is reserve."""


@dataclass(frozen=True)
class DataDirectory:
    """Where a server's folder is, and how its programs are run."""

    folder: str
    run_mode: RunMode
    account: str | None

    @property
    def pgdata(self) -> Path:
        """Return the data folder."""
        return Path(self.folder) / "pgdata"

    @property
    def log_file(self) -> Path:
        """Return the server's log."""
        return Path(self.folder) / "postgres.log"

    @property
    def binaries_folder(self) -> Path:
        """Return where copies of PostgreSQL's programs go: root runs them, too, so no account may change them."""
        folder = Path(self.folder)
        return (folder if self.account is None else folder.parent) / "programs"

    @property
    def runner(self) -> PostgresRunner:
        """Return what runs the server's programs."""
        return PostgresRunner(self.run_mode, self.account)

    def socket_folder(self) -> Path:
        """Return the folder of the socket: in the server's own, unless a socket cannot have that path.

        It cannot where the path is too long, or has a comma, at which clients split it into two.
        """
        own = Path(self.folder) / "run"
        if len(os.fsencode(own)) <= MAX_SOCKET_FOLDER_BYTES and "," not in str(own):
            return own
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        return Path("/tmp") / f"tradeflows-{self.runner.owner_uid()}-{digest}"

    def make_socket_folder(self) -> Path:
        """Make the folder of the socket, private to who runs the server, and return it.

        :raises SourceUnavailable: there is something by that name that belongs to somebody else.
        """
        folder = self.socket_folder()
        folder.mkdir(mode=0o700, exist_ok=True)
        # Opened once and never by name again: in /tmp somebody could put a link in its place meanwhile.
        try:
            opened = os.open(folder, os.O_DIRECTORY | os.O_NOFOLLOW)
        except NotADirectoryError as error:
            raise SourceUnavailable(f"{folder} is not a folder; remove it, or set TRADEFLOWS_HOME") from error
        try:
            if os.fstat(opened).st_uid not in {os.geteuid(), self.runner.owner_uid()}:
                raise SourceUnavailable(f"{folder} belongs to somebody else; set TRADEFLOWS_HOME to a shorter path")
            os.fchmod(opened, stat.S_IRWXU)
            self.runner.chown(opened)
        finally:
            os.close(opened)
        return folder


def load_directory(home: Path) -> DataDirectory | None:
    """Return the place that was written down in `home`; null where there was none.

    Data that lie in `home` are its own, so that it can be moved, copied, and mounted elsewhere.

    :raises SourceUnavailable: what was written down cannot be read.
    """
    try:
        place = DataDirectory(**json.loads((home / DIRECTORY_FILE).read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise SourceUnavailable(
            f"{home / DIRECTORY_FILE} is damaged: it should tell folder, way and account"
        ) from error
    inside = (folder for folder in (home, home / "server") if (folder / "pgdata").is_dir())
    return replace(place, folder=str(next(inside, place.folder)))


def create_directory(home: Path) -> DataDirectory:
    """Return a place for a server that is to be made; `record` it once it is.

    :raises SourceUnavailable: the path of `home` has characters that pg_ctl hands to a shell unquoted.
    """
    if odd := sorted(set(str(home)) & set('"$`\\\n')):
        raise SourceUnavailable(f"pg_ctl cannot work in {home}, for {odd} in its path; set TRADEFLOWS_HOME")
    runner = choose_runner(home)
    folder = home if runner.account is None else _create_account_folder(home, runner)
    return DataDirectory(str(folder), runner.run_mode, runner.account)


def save_directory(home: Path, directory: DataDirectory) -> None:
    """Write down where the server of `home` is, all or nothing."""
    new = home / f"{DIRECTORY_FILE}.new"
    new.write_text(json.dumps(asdict(directory)) + "\n", "utf-8")
    new.rename(home / DIRECTORY_FILE)


def _create_account_folder(home: Path, runner: PostgresRunner) -> Path:
    """Return a folder that is the account's: in `home`, or where the account cannot get there, below /var/lib.

    What it lies in stays root's: root must not be led elsewhere by links that the account put there.
    """
    if (inside := _chown_if_writable(home / "server", runner)) is not None:
        return inside
    SYSTEM_DATA_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
    parent = Path(tempfile.mkdtemp(prefix="server-", dir=SYSTEM_DATA_FOLDER))
    parent.chmod(0o711)
    if (elsewhere := _chown_if_writable(parent / "server", runner)) is not None:
        return elsewhere
    raise SourceUnavailable(f"the account {runner.account} can reach neither {home} nor {SYSTEM_DATA_FOLDER}")


def _chown_if_writable(folder: Path, runner: PostgresRunner) -> Path | None:
    folder.mkdir(mode=0o700, exist_ok=True)
    runner.chown(folder)
    if runner.can_write(folder):
        return folder
    folder.rmdir()
    return None
