"""The sentences people read, in Swedish and English, by key.

A subject asks for ``text(language, key, **values)``. Values are escaped where the result
is HTML: every sentence here becomes part of an update on a board.
"""

from html import escape

from app.errors import SupportError

LANGUAGES = ("sv", "en")
DEFAULT_LANGUAGE = "sv"

_CATALOGUE: dict[str, dict[str, str]] = {
    "set_back.customer": {
        "sv": "{columns} sköts av Synerity och har fått tillbaka sitt värde. Skriv till oss här i "
        "ärendet om något behöver ändras.",
        "en": "{columns} is kept by Synerity and has been given its value back. Write to us here on "
        "the ticket if something needs to change.",
    },
    "set_back.desk": {
        "sv": "{columns} sköts av kunden eller av appen och har fått tillbaka sitt värde.",
        "en": "{columns} is kept by the customer or by the app and has been given its value back.",
    },
    "conflict": {
        "sv": "{column} ändrades på båda sidor samtidigt. Den senare ändringen gäller: {won}. Den andra "
        "var: {lost}.",
        "en": "{column} was changed on both sides at the same time. The later change stands: {won}. "
        "The other one was: {lost}.",
    },
    "left_out": {
        "sv": "Ditt svar har skickats till kunden, men {count} stycke(n) utelämnades: de återger "
        "interna anteckningar.",
        "en": "Your answer has been sent to the customer, but {count} passage(s) were left out: they "
        "repeat internal notes.",
    },
    "nothing_left": {
        "sv": "Ditt svar har inte skickats till kunden: allt i det återger interna anteckningar. Skriv "
        "om det med egna ord och börja med @kund.",
        "en": "Your answer has not been sent to the customer: all of it repeats internal notes. Write "
        "it in new words, beginning with @customer.",
    },
    "nothing_said": {
        "sv": "Ditt svar har inte skickats till kunden: efter @kund står ingenting.",
        "en": "Your answer has not been sent to the customer: nothing follows @customer.",
    },
    "clock_recomputed": {
        "sv": "Svarstiden har räknats om eftersom avtalet ändrades från {old} till {new}. Svar senast: "
        "{due}.",
        "en": "The response time was worked out anew because the agreement changed from {old} to "
        "{new}. Response due: {due}.",
    },
    "no_due": {"sv": "ingen garanterad tid", "en": "no guaranteed time"},
    "item_gone.archived": {
        "sv": "Kunden har arkiverat ärendet på sin tavla. Det ligger kvar här.",
        "en": "The customer has archived the ticket on its board. It stays here.",
    },
    "item_gone.deleted": {
        "sv": "Kunden har tagit bort ärendet från sin tavla. Det ligger kvar här, men uppdateras inte "
        "längre hos kunden.",
        "en": "The customer has deleted the ticket from its board. It stays here, but is no longer "
        "kept up to date at the customer's.",
    },
    "empty": {"sv": "tomt", "en": "empty"},
    "customer_word": {"sv": "kund", "en": "customer"},
    "name_column": {"sv": "Namn", "en": "Name"},
}


class UnknownTextError(SupportError):
    """A sentence is asked for that nobody has written."""

    code = "unknown_text"
    permanent = True


def text(language: str, key: str, **values: object) -> str:
    """A sentence in a customer's language, its values escaped for HTML.

    Raises:
        UnknownTextError: there is no such sentence; a mistake in the code.
    """
    try:
        template = _CATALOGUE[key][language if language in LANGUAGES else DEFAULT_LANGUAGE]
    except KeyError:
        raise UnknownTextError(f"There is no text {key!r}.") from None
    return template.format(**{name: escape(str(value)) for name, value in values.items()})
