"""The root of every error the product raises on purpose.

An error carries a sentence for people (what was wrong and what to do), a code for
machines and whether trying again can help. Each subject derives its own beside its code.
"""


class SupportError(Exception):
    """Something the product understands went wrong.

    Args:
        message: One or two sentences: what was wrong, why, and what to do about it.
        code: A short, stable, snake_case name for logs and for the operator.
        permanent: True when the same attempt would fail again until somebody acts.
    """

    code = "support_error"
    permanent = False

    def __init__(self, message: str, *, code: str | None = None, permanent: bool | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code
        if permanent is not None:
            self.permanent = permanent


class SettingsError(SupportError):
    """The environment does not describe a product that can run."""

    code = "settings"
    permanent = True


class ParkedError(SupportError):
    """This event can't be processed until somebody acts; keep it, with the reason, and go on."""

    code = "parked"
    permanent = True
