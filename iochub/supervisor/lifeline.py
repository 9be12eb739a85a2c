"""Ties a process to the one that started it, so that nothing of the hub outlives a killed hub."""

import ctypes
import os
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG = 1
"""Source: linux/prctl.h. The kernel keeps it across execv, so it also holds for the broker's JVM."""

WATCH_SECONDS = 0.5


def tie_to_parent(parent: int | None = None) -> None:
    """Make this process die when its parent dies, however the parent dies.

    `parent` is the id the starter knows itself by: given, a parent that died before this call is noticed too.
    On Linux the kernel kills when the *thread* that started this process ends: start children from a thread
    that lives as long as they should. Elsewhere a thread watches, which does not survive execv.
    """
    expected = os.getppid() if parent is None else parent
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) was refused")
    else:
        threading.Thread(target=_watch, args=(expected,), name="lifeline", daemon=True).start()
    if os.getppid() != expected:
        # The parent died between starting us and the call above: no signal will ever come.
        os._exit(1)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(WATCH_SECONDS)
    os._exit(1)
