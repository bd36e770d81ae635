"""`make bench`: run the benches and print their tables.

Names pick some: ``python -m bench intake``. ``--tiny`` runs each for a blink, to see that
it still works; its figures mean nothing.
"""

import argparse
import os
import platform
from importlib import import_module

from bench.rows import Row, table

#: Each a module here with ``run(*, tiny: bool) -> list[Row]``, told by the first line of its docstring.
BENCHES = ("arithmetic", "backfill", "intake", "latency", "mirror", "sandbox", "similarity", "timers")


def main() -> None:
    """Run what was asked for and print each table as soon as it is known."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "names", nargs="*", choices=[*BENCHES, []], help="which benches; all if none is named"
    )
    parser.add_argument("--tiny", action="store_true", help="run each for a blink, only to see that it works")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(BENCHES):
        parser.error(f"There is no bench {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}.")
    print(f"{_machine()}\n", flush=True)
    for name in arguments.names or BENCHES:
        _run(name, tiny=arguments.tiny)


def _run(name: str, *, tiny: bool) -> None:
    module = import_module(f"bench.{name}")
    print(f"{name}: {(module.__doc__ or '').splitlines()[0]}\n", flush=True)
    rows: list[Row] = module.run(tiny=tiny)
    print(f"{table(rows)}\n", flush=True)


def _machine() -> str:
    """What the figures were measured on: they mean little on another machine, the ratios more."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{platform.system()} {platform.release()} on {platform.machine()}, {os.cpu_count()} cores, "
        f"{memory:.0f} GiB; {platform.python_implementation()} {platform.python_version()}"
    )


if __name__ == "__main__":
    main()
