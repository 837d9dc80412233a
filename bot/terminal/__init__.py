"""The conversation in a terminal: `sayso chat`."""
