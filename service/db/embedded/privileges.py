"""How PostgreSQL, which refuses to run as root, is run by whoever runs the service."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from service.errors import SourceUnavailable

RunMode = Literal["as-is", "namespace", "account"]
UNPRIVILEGED_ACCOUNTS = ("postgres", "nobody")
_NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
_SHELL = "/bin/sh"
"""Given in full, as pg_ctl does, so that nothing but `unshare` depends on PATH."""


@dataclass(frozen=True)
class PostgresRunner:
    """Runs PostgreSQL's programs: as who we are, in a user namespace without root, or as another account."""

    run_mode: RunMode
    account: str | None = None

    def run(self, *command: str | Path, inherited_files: tuple[int, ...] = ()) -> "subprocess.CompletedProcess[str]":
        """Run a program to its end, away from the terminal's signals, and return what it said.

        What it leaves running inherits the files of `keep_open`.
        """
        prefix = _NAMESPACE if self.run_mode == "namespace" else ()
        return self._run([*prefix, *map(str, command)], inherited_files)

    def chown(self, path: int | Path) -> None:
        """Give a path, or what is open under a number, to the account that runs the programs."""
        if self.account is not None:
            os.chown(path, *self._account_ids())

    def owner_uid(self) -> int:
        """Return the uid that what the programs make belongs to."""
        return os.geteuid() if self.account is None else self._account_ids()[0]

    def can_execute(self, program: Path) -> bool:
        """Return whether the program can be run where it is."""
        try:
            return self.run(program, "--version").returncode == 0
        except PermissionError:
            return False

    def can_write(self, folder: Path) -> bool:
        """Return whether the programs can reach the folder and make files in it; false where they cannot be run."""
        try:
            return self.run(_SHELL, "-c", 'cd "$0" && test -w .', folder).returncode == 0
        except FileNotFoundError:
            return False

    def find_processes(self, folder: Path) -> list[int]:
        """Return the numbers of the live processes whose working directory is the folder, by whatever name.

        Asked as the account itself: root in a container often lacks the privilege to look at others' processes.
        """
        script = 'for p in /proc/[0-9]*; do test "$p/cwd" -ef "$0" && echo "${p#/proc/}"; done'
        return [int(number) for number in self._run([_SHELL, "-c", script, str(folder)]).stdout.split()]

    def interrupt(self, pid: int) -> None:
        """Send SIGINT, which PostgreSQL takes for a fast shutdown."""
        self._run([_SHELL, "-c", 'kill -INT "$0"', str(pid)])

    def _run(self, command: list[str], inherited_files: tuple[int, ...] = ()) -> "subprocess.CompletedProcess[str]":
        who: dict[str, Any] = {}
        if self.account is not None:
            uid, gid = self._account_ids()
            who = {"user": uid, "group": gid, "extra_groups": []}
        # PGPORT, PGDATA and their like are meant for other servers; messages are looked at in English.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            cwd="/",
            env={**environment, "LC_ALL": "C"},
            pass_fds=inherited_files,
            start_new_session=True,
            check=False,
            **who,
        )

    def _account_ids(self) -> tuple[int, int]:
        assert self.account is not None
        try:
            entry = pwd.getpwnam(self.account)
        except KeyError as error:
            raise SourceUnavailable(
                f"PostgreSQL's data were made for the account {self.account}, which this machine does not have"
            ) from error
        return entry.pw_uid, entry.pw_gid


def choose_runner(home: Path) -> PostgresRunner:
    """Return how PostgreSQL can be run by the user of this process, with files in `home` where that is possible.

    Namespaces are tried on `home` itself: without root's privileges they may be refused, or unable to reach it.

    :raises SourceUnavailable: it is root, namespaces do not do, and there is no unprivileged account.
    """
    if os.geteuid() != 0:
        return PostgresRunner("as-is")
    if (namespace := PostgresRunner("namespace")).can_write(home):
        return namespace
    for account in UNPRIVILEGED_ACCOUNTS:
        if any(entry.pw_name == account for entry in pwd.getpwall()):
            return PostgresRunner("account", account)
    accounts = " or ".join(UNPRIVILEGED_ACCOUNTS)
    raise SourceUnavailable(f"PostgreSQL refuses to run as root, and there is no account {accounts}; set DATABASE_URL")
