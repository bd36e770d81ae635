"""A disk whose fsync costs what it costs in a cloud: 3 ms, on top of what it costs here.

A few lines of C, loaded before the C library, make every sync of a process wait. Where
there is no C compiler, the rows that need this are left out and the table says so.
"""

import shutil
import subprocess
import sys
from pathlib import Path

EXTRA_SECONDS = 0.003

SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
static const struct timespec extra = {0, %d};
static int slowly(const char *name, int file) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    nanosleep(&extra, 0);
    return real(file);
}
int fsync(int file) { return slowly("fsync", file); }
int fdatasync(int file) { return slowly("fdatasync", file); }
"""


def environment(directory: Path) -> dict[str, str] | None:
    """The variables that slow a process's disk down; None where that can't be done."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        return None
    source, library = directory / "slow_disk.c", directory / "slow_disk.so"
    source.write_text(SOURCE % int(EXTRA_SECONDS * 1e9))
    command = [compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(source), "-ldl"]
    subprocess.run(command, check=True)
    return {"LD_PRELOAD": str(library)}
