"""What can be wrong with a database, in sentences for whoever runs Sayso."""


class UnusableDatabase(Exception):
    """The database cannot be used as it is. `str()` says why and what to do."""


class UnreachableDatabase(UnusableDatabase):
    """The database can't be reached just now; trying again later may help."""


class StillRead(Exception):
    """What was deleted can't be wiped yet, because somebody reads an older state. `str()` says who, and what to do."""


class FolderInUse(UnusableDatabase):
    """Another process serves this data folder."""
