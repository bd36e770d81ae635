"""The GraphQL operations of the product, one a file, named as the file.

Every operation takes variables; nothing is ever written into a document's text. They are
written for API version 2026-10, and the tests validate each against monday.com's schema.
"""

from functools import cache
from pathlib import Path

from graphql import DocumentNode, OperationDefinitionNode, OperationType, parse

_FOLDER = Path(__file__).parent


@cache
def load(name: str) -> DocumentNode:
    """The parsed document of that name; parsed once a process.

    Raises:
        FileNotFoundError: there is no such document.
    """
    return parse((_FOLDER / f"{name}.graphql").read_text(encoding="utf-8"), no_location=True)


def operation(document: DocumentNode) -> OperationDefinitionNode:
    """The one operation of a document."""
    (found,) = (node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    return found


def is_mutation(document: DocumentNode) -> bool:
    """Whether a document changes something."""
    return operation(document).operation is OperationType.MUTATION


def names() -> tuple[str, ...]:
    """The names of all documents, sorted."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.graphql")))
