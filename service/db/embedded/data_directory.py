"""The data directory of the embedded PostgreSQL: folder, socket, run mode and account.

The file `place.json` in the folder `home` stores them.
"""

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
"""The number in the name of the socket; no network port is used. It is always passed explicitly, because the
environment variable PGPORT would change it."""

SYSTEM_DATA_FOLDER = Path("/var/lib/tradeflows")
MAX_SOCKET_FOLDER_BYTES = 85
"""The kernel limits a socket's path to 107 bytes; the file name takes 15 of them, the rest is reserve."""


@dataclass(frozen=True)
class DataDirectory:
    """The folder of an embedded PostgreSQL server, and the run mode and account by which its programs are run.

    `account` is null unless `run_mode` is `account`.
    """

    folder: str
    run_mode: RunMode
    account: str | None

    @property
    def pgdata(self) -> Path:
        """Return the folder that PostgreSQL calls PGDATA."""
        return Path(self.folder) / "pgdata"

    @property
    def log_file(self) -> Path:
        """Return the path of the server's log."""
        return Path(self.folder) / "postgres.log"

    @property
    def binaries_folder(self) -> Path:
        """Return the folder for copies of PostgreSQL's programs. Only root may write there, as root runs them too."""
        folder = Path(self.folder)
        return (folder if self.account is None else folder.parent) / "programs"

    @property
    def runner(self) -> PostgresRunner:
        """Return the runner for the programs of the server, such as pg_ctl."""
        return PostgresRunner(self.run_mode, self.account)

    def socket_folder(self) -> Path:
        """Return the folder of the socket: in the folder of the server, or in /tmp if that path is unsuitable.

        A path is unsuitable if it is too long or has a comma, because clients split it at commas.
        """
        own = Path(self.folder) / "run"
        if len(os.fsencode(own)) <= MAX_SOCKET_FOLDER_BYTES and "," not in str(own):
            return own
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        return Path("/tmp") / f"tradeflows-{self.runner.owner_uid()}-{digest}"

    def make_socket_folder(self) -> Path:
        """Create the folder of the socket, private to the account of the server, and return it.

        :raises SourceUnavailable: the folder belongs to another account, or a file has its name.
        """
        folder = self.socket_folder()
        folder.mkdir(mode=0o700, exist_ok=True)
        # The folder is opened once and then used by its descriptor: in /tmp another user could replace it by a link.
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
    """Return the data directory that a file in `home` describes; null where there is no such file.

    A data directory inside `home` is found there, so that `home` can be moved or copied. In files of version 0.1.0 the
    run mode has the name `way`.

    :raises SourceUnavailable: the file is damaged.
    """
    try:
        description = json.loads((home / DIRECTORY_FILE).read_text("utf-8"))
        place = DataDirectory(**{"run_mode" if name == "way" else name: value for name, value in description.items()})
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, AttributeError) as error:
        raise SourceUnavailable(
            f"{home / DIRECTORY_FILE} is damaged: it must have folder, run_mode and account"
        ) from error
    inside = (folder for folder in (home, home / "server") if (folder / "pgdata").is_dir())
    return replace(place, folder=str(next(inside, place.folder)))


def create_directory(home: Path) -> DataDirectory:
    """Choose the folder, run mode and account of a new server, and return them as its data directory.

    A folder for another account is created. `save_directory` stores the result after initdb.

    :raises SourceUnavailable: the path of `home` has characters that pg_ctl passes to a shell without quotes, or no
        account can run the server.
    """
    if odd := sorted(set(str(home)) & set('"$`\\\n')):
        raise SourceUnavailable(f"pg_ctl does not support {odd} in the path {home}; set TRADEFLOWS_HOME")
    runner = choose_runner(home)
    folder = home if runner.account is None else _create_account_folder(home, runner)
    return DataDirectory(str(folder), runner.run_mode, runner.account)


def save_directory(home: Path, directory: DataDirectory) -> None:
    """Store the description of a data directory in a file of `home`, atomically."""
    new = home / f"{DIRECTORY_FILE}.new"
    new.write_text(json.dumps(asdict(directory)) + "\n", "utf-8")
    new.rename(home / DIRECTORY_FILE)


def _create_account_folder(home: Path, runner: PostgresRunner) -> Path:
    """Return a folder that belongs to the account: in `home`, or in /var/lib if the account cannot reach `home`.

    The parent folder belongs to root, so that the account cannot replace the folder by a link.
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
