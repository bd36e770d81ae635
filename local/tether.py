"""Start a program that ends with its parent, even when the parent is killed outright.

Run as a script: ``tether.py PARENT_PID PROGRAM ARGUMENT…``. Linux sends the program
SIGTERM when its parent is gone; elsewhere the program is started without that tether.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Tie this process to its parent, then become the program."""
    parent, program, *arguments = sys.argv[1:]
    tie_to(int(parent))
    os.execv(program, [program, *arguments])  # noqa: S606 - becoming another program is the whole point


def tie_to(parent: int) -> None:
    """Let this process end when its parent does; at once, when that has gone already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it went before the tether was tied
            sys.exit(0)


if __name__ == "__main__":
    main()
