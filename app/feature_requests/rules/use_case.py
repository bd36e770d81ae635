"""The guided fields of a request, and the use case that is written from them. Pure.

Headings come from the caller, in the language that the reader speaks; the answers are the customer's words,
as they are.
"""

from collections.abc import Mapping, Sequence

#: The guided fields, in the order of the use case; columns on both boards.
FIELDS = ("who", "goal", "frequency", "today", "cost", "good")
#: monday.com keeps so many characters of a long text.
MOST_CHARACTERS = 2000


def answers_of(values: Mapping[str, object]) -> dict[str, str]:
    """Field → what the customer answered; those without an answer are absent."""
    written = {key: str(values.get(key) or "").strip() for key in FIELDS}
    return {key: answer for key, answer in written.items() if answer}


def missing(answers: Mapping[str, str]) -> Sequence[str]:
    """The fields that nobody has answered yet, in order."""
    return [key for key in FIELDS if key not in answers]


def use_case(title: str, answers: Mapping[str, str], headings: Mapping[str, str]) -> str:
    """The use case as text: its title, and each answer under its heading."""
    parts = [f"{headings[key]}\n{answers[key]}" for key in FIELDS if key in answers]
    return "\n\n".join([title, *parts])
