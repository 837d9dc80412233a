"""A fault that the person at the command line can mend."""


class UserFault(Exception):
    """`str()` says what is wrong and how to mend it."""
