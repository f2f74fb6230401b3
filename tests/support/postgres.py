"""PostgreSQL servers for tests of replication: primaries and standbys."""

import shlex

import psycopg
from sqlalchemy import URL

from service.db.embedded.binaries import copy_binaries, find_binaries
from service.db.embedded.data_directory import SOCKET_PORT, create_directory
from service.db.embedded.process import find_postmaster, wait_until

DATABASE_NAME = "tradeflows"
MAX_REPLICATION_WAIT_S = 20
SERVER_SETTINGS = {
    "listen_addresses": "",
    "port": str(SOCKET_PORT),
    "unix_socket_permissions": "0700",
    "wal_level": "replica",
    "max_wal_senders": "10",
    "wal_keep_size": "256MB",  # a standby that restarts must still find its segment
    "hot_standby": "on",
    "shared_buffers": "32MB",
    "fsync": "off",
    "timezone": "UTC",
}


class PostgresServer:
    """A server in a folder of its own, with a socket; its superuser has the name of its database."""

    def __init__(self, folder):
        folder.mkdir(parents=True)
        self.data_directory = create_directory(folder)
        found = find_binaries().absolute()
        readable = self.data_directory.runner.can_execute(found / "postgres")
        self.binaries_folder = found if readable else copy_binaries(found, self.data_directory.binaries_folder)
        self.socket_folder = self.data_directory.make_socket_folder()
        query = {"host": str(self.socket_folder), "port": str(SOCKET_PORT)}
        self.url = URL.create("postgresql+psycopg", DATABASE_NAME, database=DATABASE_NAME, query=query)

    def create(self, *, has_database=True, **settings):
        """Create the data directory of a server, with an empty database or without one, and start it."""
        self.run_program(
            "initdb",
            "-D",
            self.data_directory.pgdata,
            "-U",
            DATABASE_NAME,
            "--encoding=UTF8",
            "--locale=C",
            "--auth=trust",
            "-N",
        )
        self.start(**settings)
        if has_database:
            with self.connect(database="postgres") as connection:
                connection.execute(f"CREATE DATABASE {DATABASE_NAME}")

    def start_standby(self, primary):
        """Copy another server while it runs, and start the copy as its standby."""
        address = ("-h", primary.socket_folder, "-p", SOCKET_PORT, "-U", DATABASE_NAME)
        self.run_program("pg_basebackup", "-D", self.data_directory.pgdata, *address, "-R", "-c", "fast", "--no-sync")
        self.start()

    def start_copies(self, primary, *others):
        """Copy another server while it runs, and start this server and `others` as equal servers of their own."""
        address = ("-h", primary.socket_folder, "-p", SOCKET_PORT, "-U", DATABASE_NAME)
        self.run_program("pg_basebackup", "-D", self.data_directory.pgdata, *address, "-c", "fast", "--no-sync")
        for other in others:
            copied = self.data_directory.runner.run(
                "cp", "--archive", str(self.data_directory.pgdata), str(other.data_directory.pgdata)
            )
            assert copied.returncode == 0, copied.stdout
        for server in (self, *others):
            server.start()

    def start(self, **settings):
        """Start the server, and wait until it accepts connections."""
        settings = SERVER_SETTINGS | {"unix_socket_directories": str(self.socket_folder)} | settings
        options = shlex.join(part for name, value in settings.items() for part in ("-c", f"{name}={value}"))
        self.pg_ctl("-l", self.data_directory.log_file, "-o", options, "-w", "start")

    def stop(self):
        """Stop the server as a crash does, without a message to its clients; a stopped server is left as it is."""
        if find_postmaster(self.data_directory) is not None:
            self.pg_ctl("-m", "immediate", "-w", "stop")

    def promote(self):
        """Make the standby a primary."""
        self.pg_ctl("-w", "promote")

    def pg_ctl(self, *arguments):
        self.run_program("pg_ctl", "-D", self.data_directory.pgdata, *arguments)

    def run_program(self, program, *arguments):
        """Run one of PostgreSQL's programs as the owner of the data."""
        completed = self.data_directory.runner.run(self.binaries_folder / program, *map(str, arguments))
        assert completed.returncode == 0, f"{program}: {completed.stdout}"
        return completed.stdout

    def connect(self, *, database=DATABASE_NAME):
        address = self.url.set(drivername="postgresql", database=database)
        return psycopg.connect(address.render_as_string(hide_password=False), autocommit=True)

    def query_value(self, statement, *values):
        """Return the single value of a query."""
        with self.connect() as connection:
            return connection.execute(statement, values).fetchone()[0]

    def wait_for_replay(self, primary):
        """Wait until the standby has replayed everything that `primary` has written."""
        position = primary.query_value("SELECT pg_current_wal_lsn()")
        arrived = wait_until(
            MAX_REPLICATION_WAIT_S, lambda: self.query_value("SELECT pg_last_wal_replay_lsn() >= %s", position)
        )
        assert arrived, self.data_directory.log_file.read_text()
