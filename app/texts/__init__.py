"""The sentences people read, in Swedish and English, by key.

They stand in this folder, one YAML file a subject: ``key: {sv: …, en: …}``. A subject asks for
``text(language, key, **values)``. Values are escaped for HTML, since most sentences become part of an
update on a board; ``plain`` leaves them as they are, for mails and for columns of text.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from html import escape
from importlib.resources import files

from app import yaml_text
from app.errors import SupportError

LANGUAGES = ("sv", "en")
DEFAULT_LANGUAGE = "sv"
#: What technicians and the support manager read on the partner's boards.
DESK_LANGUAGE = "en"


class UnknownTextError(SupportError):
    """A sentence is asked for that nobody has written."""

    code = "unknown_text"
    permanent = True


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Every sentence: key → language → words.

    Raises:
        UnknownTextError: two files have a sentence of the same key; a mistake in the texts.
    """
    found: dict[str, Mapping[str, str]] = {}
    for name, sentences in _written():
        if twice := found.keys() & sentences.keys():
            raise UnknownTextError(f"{name} repeats {min(twice)!r}.")
        found |= sentences
    return found


def text(language: str, key: str, **values: object) -> str:
    """A sentence in a customer's language, its values escaped for HTML.

    Raises:
        UnknownTextError: there is no such sentence; a mistake in the code.
    """
    return plain(language, key, **{name: escape(str(value)) for name, value in values.items()})


def plain(language: str, key: str, **values: object) -> str:
    """A sentence in a customer's language for where no HTML is read, its values as they are.

    Raises:
        UnknownTextError: there is no such sentence; a mistake in the code.
    """
    try:
        template = catalogue()[key][language if language in LANGUAGES else DEFAULT_LANGUAGE]
    except KeyError:
        raise UnknownTextError(f"There is no text {key!r}.") from None
    return template.format(**values)


def _written() -> Iterator[tuple[str, Mapping[str, Mapping[str, str]]]]:
    for path in sorted(files("app.texts").iterdir(), key=lambda path: path.name):
        if path.name.endswith(".yaml"):
            yield path.name, yaml_text.read(path.read_text(encoding="utf-8"))
