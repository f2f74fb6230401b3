"""PostgreSQL servers of a test's own: one that others follow, those that follow it, and what becomes of them."""

import shlex

import psycopg
from sqlalchemy import URL

from service.db.embedded.binaries import copy_binaries, find_binaries
from service.db.embedded.data_directory import PORT, new_place
from service.db.embedded.process import running_postmaster, within

NAME = "tradeflows"
SECONDS_TO_FOLLOW = 20
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "wal_level": "replica",
    "max_wal_senders": "10",
    "hot_standby": "on",
    "shared_buffers": "32MB",
    "fsync": "off",
    "timezone": "UTC",
}


class Postgres:
    """A server in a folder of its own, reached by a socket; its superuser is called as its database is."""

    def __init__(self, folder):
        folder.mkdir(parents=True)
        self.place = new_place(folder)
        found = find_binaries().absolute()
        readable = self.place.runner.can_read(found / "postgres")
        self.programs = found if readable else copy_binaries(found, self.place.programs)
        self.socket = self.place.make_socket_folder()
        query = {"host": str(self.socket), "port": str(PORT)}
        self.url = URL.create("postgresql+psycopg", NAME, database=NAME, query=query)

    def make(self, *, database=True, **settings):
        """Make the data of a server, with a database that holds nothing or without one, and start it."""
        self.run("initdb", "-D", self.place.data, "-U", NAME, "--encoding=UTF8", "--locale=C", "--auth=trust", "-N")
        self.start(**settings)
        if database:
            with self.connection(database="postgres") as connection:
                connection.execute(f"CREATE DATABASE {NAME}")

    def follow(self, primary):
        """Copy another server while it runs, and start as its standby."""
        address = ("-h", primary.socket, "-p", PORT, "-U", NAME)
        self.run("pg_basebackup", "-D", self.place.data, *address, "-R", "-c", "fast", "--no-sync")
        self.start()

    def start(self, **settings):
        """Start, and wait until it answers."""
        settings = SETTINGS | {"unix_socket_directories": str(self.socket)} | settings
        options = shlex.join(part for name, value in settings.items() for part in ("-c", f"{name}={value}"))
        self.pg_ctl("-l", self.place.log, "-o", options, "-w", "start")

    def stop(self):
        """End it as a crash does, without a word to its clients; nothing where it does not run."""
        if running_postmaster(self.place) is not None:
            self.pg_ctl("-m", "immediate", "-w", "stop")

    def promote(self):
        """Let it follow no longer, and take loads itself."""
        self.pg_ctl("-w", "promote")

    def pg_ctl(self, *arguments):
        self.run("pg_ctl", "-D", self.place.data, *arguments)

    def run(self, program, *arguments):
        """Run one of PostgreSQL's programs as who owns the data."""
        ended = self.place.runner.run(self.programs / program, *map(str, arguments))
        assert ended.returncode == 0, f"{program}: {ended.stdout}"
        return ended.stdout

    def connection(self, *, database=NAME):
        address = self.url.set(drivername="postgresql", database=database)
        return psycopg.connect(address.render_as_string(hide_password=False), autocommit=True)

    def ask(self, statement, *values):
        """Return the one value that a statement gives."""
        with self.connection() as connection:
            return connection.execute(statement, values).fetchone()[0]

    def has_all_of(self, primary):
        """Wait until it has what `primary` has written so far."""
        written = primary.ask("SELECT pg_current_wal_lsn()")
        arrived = within(SECONDS_TO_FOLLOW, lambda: self.ask("SELECT pg_last_wal_replay_lsn() >= %s", written))
        assert arrived, self.place.log.read_text()
