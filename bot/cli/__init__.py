"""The command line: `sayso`. Every command says what it did, and every fault says how to mend it."""

from bot.cli.commands import main

__all__ = ["main"]
