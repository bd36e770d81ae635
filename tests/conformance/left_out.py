"""What of monday.com's schema the sandbox leaves out, as ``LEFT_OUT.md`` lists it.

``python -m tests.conformance.left_out`` writes the list anew, where monday.com's schema is beside the
repository.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap

from graphql import (
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
)

from monday_sandbox.api.schema import SDL, served_schema

ROOT = Path(__file__).parents[2]
OFFICIAL = ROOT.parent / "shared" / "monday" / "schema-2026-10.graphql"
LIST = SDL.parent / "LEFT_OUT.md"
_HEAD = """# What the sandbox leaves out of monday.com's API

By monday.com's schema of version 2026-10; asked for all the same, each is refused as monday.com refuses what
it does not have. A test holds this list against the schema. Facts on what is served are in
[LIMITATIONS.md](LIMITATIONS.md).
"""


def left_out(official: GraphQLSchema, served: GraphQLSchema) -> str:
    """The list, as the file has it."""
    return "\n".join([_HEAD, *_sections(official, served)])


def _sections(official: GraphQLSchema, served: GraphQLSchema) -> Iterator[str]:
    for title, root in (("Queries", "Query"), ("Mutations", "Mutation")):
        yield f"## {title}\n"
        yield f"{_lines(_missing(official, served, root))}\n"
    yield "## Fields and arguments of what is served\n"
    for name in sorted(name for name in served.type_map if not name.startswith("__")):
        fields = [] if name in ("Query", "Mutation") else _missing(official, served, name)
        missing = [*fields, *_missing_arguments(official, served, name)]
        if missing:
            yield f"{_lines([f'**{name}**: {missing[0]}', *missing[1:]])}\n"


def _missing(official: GraphQLSchema, served: GraphQLSchema, name: str) -> list[str]:
    theirs, ours = official.type_map[name], served.type_map[name]
    composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType
    if not isinstance(theirs, composite) or not isinstance(ours, composite):
        return []
    return sorted(theirs.fields.keys() - ours.fields.keys())


def _missing_arguments(official: GraphQLSchema, served: GraphQLSchema, name: str) -> list[str]:
    theirs, ours = official.type_map[name], served.type_map[name]
    composite = GraphQLObjectType | GraphQLInterfaceType
    if not isinstance(theirs, composite) or not isinstance(ours, composite):
        return []
    return [
        f"{field}({argument}:)"
        for field in sorted(ours.fields)
        for argument in sorted(theirs.fields[field].args.keys() - ours.fields[field].args.keys())
    ]


def _lines(names: list[str]) -> str:
    return "\n".join(wrap(", ".join(names), 110, break_long_words=False, break_on_hyphens=False))


def main() -> int:
    """Write the list anew; 1 where monday.com's schema is not at hand."""
    if not OFFICIAL.exists():
        sys.stderr.write(f"monday.com's schema is not at {OFFICIAL}.\n")
        return 1
    LIST.write_text(
        left_out(build_schema(OFFICIAL.read_text(encoding="utf-8")), served_schema()), encoding="utf-8"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
