"""What the person who installs the app reads, in Swedish or English."""

from dataclasses import dataclass

from app.errors import SupportError
from app.monday.errors import MondayUncertainError, MondayUnreachableError
from app.monday.oauth import OAuthRefusedError

LANGUAGES = ("en", "sv")


@dataclass(frozen=True)
class Page:
    """A heading, what follows it, and whether trying again makes sense."""

    language: str
    heading: str
    paragraphs: tuple[str, ...]
    retry: str | None = None


@dataclass(frozen=True)
class _Words:
    heading: str
    paragraphs: tuple[str, ...]


_RETRY = {"en": "Install again", "sv": "Installera igen"}

_INSTALLED = {
    "en": _Words(
        "The app is installed",
        (
            "Synerity Support is now connected to {account}.",
            "Within a minute your boards appear in monday.com. You can close this page.",
        ),
    ),
    "sv": _Words(
        "Appen är installerad",
        (
            "Synerity Support är nu ansluten till {account}.",
            "Inom en minut finns dina tavlor i monday.com. Du kan stänga den här sidan.",
        ),
    ),
}

_FAILURES = {
    "access_denied": {
        "en": _Words(
            "The app was not installed",
            ("You, or monday.com, said no to the app's access. Nothing was changed.",),
        ),
        "sv": _Words(
            "Appen installerades inte",
            ("Du, eller monday.com, nekade appen åtkomst. Ingenting har ändrats.",),
        ),
    },
    "begin_again": {
        "en": _Words(
            "This installation can't be completed",
            (
                "It was begun more than ten minutes ago, in another browser, or not from our page.",
                "Nothing was changed.",
            ),
        ),
        "sv": _Words(
            "Installationen kan inte slutföras",
            (
                "Den påbörjades för över tio minuter sedan, i en annan webbläsare eller inte från vår sida.",
                "Ingenting har ändrats.",
            ),
        ),
    },
    "refused": {
        "en": _Words(
            "monday.com did not accept the installation",
            ("It had taken too long, or was already used. Nothing was changed.",),
        ),
        "sv": _Words(
            "monday.com godtog inte installationen",
            ("Den hade tagit för lång tid eller var redan använd. Ingenting har ändrats.",),
        ),
    },
    "no_answer": {
        "en": _Words(
            "monday.com does not answer",
            ("The installation could not be completed. Try again in a few minutes.",),
        ),
        "sv": _Words(
            "monday.com svarar inte",
            ("Installationen kunde inte slutföras. Försök igen om några minuter.",),
        ),
    },
    "partner_taken": {
        "en": _Words(
            "This account can't install the app",
            ("Its address belongs to Synerity's own account, which is another one. Write to Synerity.",),
        ),
        "sv": _Words(
            "Det här kontot kan inte installera appen",
            ("Dess adress hör till Syneritys eget konto, som är ett annat. Hör av dig till Synerity.",),
        ),
    },
    "subdomain": {
        "en": _Words(
            "There is no such account",
            ("The account's name is what stands before .monday.com: letters, digits and hyphens.",),
        ),
        "sv": _Words(
            "Det finns inget sådant konto",
            ("Kontots namn är det som står före .monday.com: bokstäver, siffror och bindestreck.",),
        ),
    },
}


def installed(language: str, account_name: str) -> Page:
    """The app is in, and what happens next."""
    words = _INSTALLED[language]
    return Page(language, words.heading, tuple(p.format(account=account_name) for p in words.paragraphs))


def failed(language: str, reason: str) -> Page:
    """The app is not in, and why; an unknown reason reads as monday.com's refusal."""
    words = _FAILURES.get(reason, _FAILURES["refused"])[language]
    return Page(language, words.heading, words.paragraphs, _RETRY[language])


def reason_of(error: SupportError) -> tuple[str, int]:
    """Which failure an error is to the person who installs, and the status of its page."""
    if isinstance(error, OAuthRefusedError):
        return "refused", 400
    if isinstance(error, MondayUnreachableError | MondayUncertainError):
        return "no_answer", 503
    if error.code == "partner_taken":
        return "partner_taken", 409
    return "no_answer", 502
