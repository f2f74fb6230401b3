"""Where the embedded server of a `home` has its data and its socket, and how it is run: written down, then kept to."""

import hashlib
import json
import os
import stat
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from service.db.embedded.privileges import Runner, Way, choose_runner
from service.errors import SourceUnavailable

RECORD = "place.json"
PORT = 5432
"""No network port, only part of the socket's name; given everywhere, as PGPORT would change it otherwise."""

ROOTS_PLACE = Path("/var/lib/tradeflows")
LONGEST_SOCKET_FOLDER = 85
"""In bytes. The kernel cuts a socket's path at 107; its name takes 14 and a separator, the rest is reserve."""


@dataclass(frozen=True)
class Place:
    """Where a server's folder is, and how its programs are run."""

    folder: str
    way: Way
    account: str | None

    @property
    def data(self) -> Path:
        """Return the data folder."""
        return Path(self.folder) / "pgdata"

    @property
    def log(self) -> Path:
        """Return the server's log."""
        return Path(self.folder) / "postgres.log"

    @property
    def programs(self) -> Path:
        """Return where copies of PostgreSQL's programs go: root runs them, too, so no account may change them."""
        folder = Path(self.folder)
        return (folder if self.account is None else folder.parent) / "programs"

    @property
    def runner(self) -> Runner:
        """Return what runs the server's programs."""
        return Runner(self.way, self.account)

    def socket_folder(self) -> Path:
        """Return the folder of the socket: in the server's own, unless a socket cannot have that path.

        It cannot where the path is too long, or has a comma, at which clients split it into two.
        """
        own = Path(self.folder) / "run"
        if len(os.fsencode(own)) <= LONGEST_SOCKET_FOLDER and "," not in str(own):
            return own
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        return Path("/tmp") / f"tradeflows-{self.runner.owner()}-{digest}"

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
            if os.fstat(opened).st_uid not in {os.geteuid(), self.runner.owner()}:
                raise SourceUnavailable(f"{folder} belongs to somebody else; set TRADEFLOWS_HOME to a shorter path")
            os.fchmod(opened, stat.S_IRWXU)
            self.runner.own(opened)
        finally:
            os.close(opened)
        return folder


def known_place(home: Path) -> Place | None:
    """Return the place that was written down in `home`; null where there was none.

    Data that lie in `home` are its own, so that it can be moved, copied, and mounted elsewhere.

    :raises SourceUnavailable: what was written down cannot be read.
    """
    try:
        place = Place(**json.loads((home / RECORD).read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise SourceUnavailable(f"{home / RECORD} is damaged: it should tell folder, way and account") from error
    inside = (folder for folder in (home, home / "server") if (folder / "pgdata").is_dir())
    return replace(place, folder=str(next(inside, place.folder)))


def new_place(home: Path) -> Place:
    """Return a place for a server that is to be made; `record` it once it is.

    :raises SourceUnavailable: the path of `home` has characters that pg_ctl hands to a shell unquoted.
    """
    if odd := sorted(set(str(home)) & set('"$`\\\n')):
        raise SourceUnavailable(f"pg_ctl cannot work in {home}, for {odd} in its path; set TRADEFLOWS_HOME")
    runner = choose_runner(home)
    folder = home if runner.account is None else _folder_of_account(home, runner)
    return Place(str(folder), runner.way, runner.account)


def record(home: Path, place: Place) -> None:
    """Write down where the server of `home` is, all or nothing."""
    new = home / f"{RECORD}.new"
    new.write_text(json.dumps(asdict(place)) + "\n", "utf-8")
    new.rename(home / RECORD)


def _folder_of_account(home: Path, runner: Runner) -> Path:
    """Return a folder that is the account's: in `home`, or where the account cannot get there, below /var/lib.

    What it lies in stays root's: root must not be led elsewhere by links that the account put there.
    """
    if (inside := _given_away(home / "server", runner)) is not None:
        return inside
    ROOTS_PLACE.mkdir(mode=0o755, parents=True, exist_ok=True)
    parent = Path(tempfile.mkdtemp(prefix="server-", dir=ROOTS_PLACE))
    parent.chmod(0o711)
    if (elsewhere := _given_away(parent / "server", runner)) is not None:
        return elsewhere
    raise SourceUnavailable(f"the account {runner.account} can reach neither {home} nor {ROOTS_PLACE}")


def _given_away(folder: Path, runner: Runner) -> Path | None:
    folder.mkdir(mode=0o700, exist_ok=True)
    runner.own(folder)
    if runner.can_write(folder):
        return folder
    folder.rmdir()
    return None
