"""The command of the benchmark: `BENCH_HOME=FOLDER python -m bench COMMAND ...`. bench/commands has its modules."""

import signal
import sys
from importlib import import_module

import click

COMMANDS = (
    "seed", "revisions", "queries", "exports", "costs", "sizes", "load", "start", "report", "compare", "calls",
    "polite_burst", "memory",
)  # fmt: skip
main = click.Group(
    help="Measure the service beside other software, over generated figures.",
    commands={name: import_module(f"bench.commands.{name}").main for name in COMMANDS},
)

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))  # stops the servers, too
    main(prog_name="python -m bench")
