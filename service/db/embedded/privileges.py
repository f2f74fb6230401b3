"""Execution of PostgreSQL's programs without root privileges, because PostgreSQL refuses to run as root."""

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
"""The full path, as in pg_ctl, so that only `unshare` is found by PATH."""


@dataclass(frozen=True)
class PostgresRunner:
    """A runner for PostgreSQL's programs.

    The run mode `as-is` runs them as the current user, `namespace` in a user namespace without root privileges, and
    `account` as the user `account`.
    """

    run_mode: RunMode
    account: str | None = None

    def run(self, *command: str | Path, inherited_files: tuple[int, ...] = ()) -> "subprocess.CompletedProcess[str]":
        """Run a program in a session of its own, wait for its end, and return its result.

        The program and the processes that it leaves running inherit the file descriptors `inherited_files`.
        """
        prefix = _NAMESPACE if self.run_mode == "namespace" else ()
        return self._run([*prefix, *map(str, command)], inherited_files)

    def chown(self, path: int | Path) -> None:
        """Change the owner of a path or file descriptor to the account that runs the programs."""
        if self.account is not None:
            os.chown(path, *self._account_ids())

    def owner_uid(self) -> int:
        """Return the user id that owns the files that the programs create."""
        return os.geteuid() if self.account is None else self._account_ids()[0]

    def can_execute(self, program: Path) -> bool:
        """Return whether the run mode allows execution of the program."""
        try:
            return self.run(program, "--version").returncode == 0
        except PermissionError:
            return False

    def can_write(self, folder: Path) -> bool:
        """Return whether the programs can create files in the folder; false where they cannot be executed."""
        try:
            return self.run(_SHELL, "-c", 'cd "$0" && test -w .', folder).returncode == 0
        except FileNotFoundError:
            return False

    def find_processes(self, folder: Path) -> list[int]:
        """Return the ids of the live processes whose working directory is the folder.

        They are looked up by a command that runs as `account`, because root in a container may lack the privilege.
        """
        script = 'for p in /proc/[0-9]*; do test "$p/cwd" -ef "$0" && echo "${p#/proc/}"; done'
        return [int(number) for number in self._run([_SHELL, "-c", script, str(folder)]).stdout.split()]

    def interrupt(self, pid: int) -> None:
        """Send SIGINT to the main process of PostgreSQL, which then ends all sessions and shuts down."""
        self._run([_SHELL, "-c", 'kill -INT "$0"', str(pid)])

    def _run(self, command: list[str], inherited_files: tuple[int, ...] = ()) -> "subprocess.CompletedProcess[str]":
        who: dict[str, Any] = {}
        if self.account is not None:
            uid, gid = self._account_ids()
            who = {"user": uid, "group": gid, "extra_groups": []}
        # PGPORT, PGDATA and similar variables are meant for other servers; messages are parsed in English.
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
    """Return a runner that suits the user of this process.

    For an ordinary user it has the run mode `as-is`. For root, as which PostgreSQL refuses to run, it uses a user
    namespace if programs in one can write to `home`, else the first of UNPRIVILEGED_ACCOUNTS that exists on this
    machine.

    :raises SourceUnavailable: the user is root, a user namespace does not work, and there is no unprivileged account.
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
