"""`sayso roles`: who may touch what in PostgreSQL, as a script for its administrator."""

from consultation.storage.roles import script


def roles() -> None:
    """Print what makes the roles in PostgreSQL; its administrator runs it in the database: sayso roles | psql …"""
    print(script(), end="")
