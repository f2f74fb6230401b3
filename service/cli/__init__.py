"""The command `tradeflows`."""

from service.cli.main import main

__all__ = ["main"]
