"""How PostgreSQL, which refuses to run as root, is run by whoever runs the service."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from service.errors import SourceUnavailable

Way = Literal["as-is", "namespace", "account"]
UNPRIVILEGED_ACCOUNTS = ("postgres", "nobody")
_NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000")


@dataclass(frozen=True)
class Runner:
    """Runs PostgreSQL's programs: as who we are, in a user namespace without root, or as another account."""

    way: Way
    account: str | None = None

    def run(self, *command: str | Path) -> "subprocess.CompletedProcess[str]":
        """Run a program to its end, away from the terminal's signals, and return what it said."""
        who: dict[str, Any] = {}
        if self.account is not None:
            entry = pwd.getpwnam(self.account)
            who = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        prefix = _NAMESPACE if self.way == "namespace" else ()
        return subprocess.run(
            [*prefix, *map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd="/",
            start_new_session=True,
            check=False,
            **who,
        )

    def own(self, folder: Path) -> None:
        """Give the folder to the account that runs the programs."""
        if self.account is not None:
            entry = pwd.getpwnam(self.account)
            os.chown(folder, entry.pw_uid, entry.pw_gid)

    def can_read(self, program: Path) -> bool:
        """Return whether the programs can be run where they are."""
        try:
            return self.run(program, "--version").returncode == 0
        except PermissionError:
            return False


def choose_runner() -> Runner:
    """Return how PostgreSQL can be run by the user of this process.

    :raises SourceUnavailable: it is root, user namespaces are refused, and there is no unprivileged account.
    """
    if os.geteuid() != 0:
        return Runner("as-is")
    if shutil.which(_NAMESPACE[0]) and _namespaces_are_allowed():
        return Runner("namespace")
    for account in UNPRIVILEGED_ACCOUNTS:
        try:
            pwd.getpwnam(account)
        except KeyError:
            continue
        return Runner("account", account)
    accounts = " or ".join(UNPRIVILEGED_ACCOUNTS)
    raise SourceUnavailable(f"PostgreSQL refuses to run as root, and there is no account {accounts}; set DATABASE_URL")


def _namespaces_are_allowed() -> bool:
    tried = subprocess.run([*_NAMESPACE, "true"], capture_output=True, check=False)
    return tried.returncode == 0
