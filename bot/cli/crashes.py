"""What a crash leaves behind: no copy of the memory, which holds keys and words as they were written."""

import ctypes
import resource
import sys

PR_SET_DUMPABLE = 4  # of linux/prctl.h


def leave_no_core() -> None:
    """From here on no core file is written of this process or of any that it starts, whatever the system's settings.

    The limit alone would not do: Linux does not go by it where cores are handed to a program.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
