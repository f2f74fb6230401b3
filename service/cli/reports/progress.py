"""The progress of long commands: a progress bar on a terminal, plain lines elsewhere."""

import sys

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class ProgressBar:
    """A progress bar on a terminal, plain lines elsewhere; both on standard error.

    `total` is the number of steps that complete the bar.
    """

    def __init__(self, description: str, total: int) -> None:
        console = Console(stderr=True)
        # Results on standard output are not redirected where that is a file.
        redirect = sys.stdout.isatty()
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=console, redirect_stdout=redirect, disable=not sys.stderr.isatty())
        self._task = self._bar.add_task(description, total=total)

    def __enter__(self) -> "ProgressBar":
        self._bar.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._bar.stop()

    def advance(self, steps: int, description: str) -> None:
        """Advance the bar by a number of steps."""
        self._bar.update(self._task, advance=steps, description=description)

    def print(self, line: str, *, show_on_terminal: bool = True) -> None:
        """Print a line; on a terminal it appears above the bar.

        Without `show_on_terminal`, the line is printed only where standard error is not a terminal.
        """
        if show_on_terminal or self._bar.disable:
            self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)
