"""What was to be sent, or was delivered, as an operator may see it: whole, but for secrets. Pure."""

import json
import re
from collections.abc import Mapping
from typing import Any

_SECRET_KEYS = ("token", "secret", "authorization", "cookie", "password", "webhook_key", "signature")
#: A signed token by its form, wherever it stands.
_SIGNED = re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*")
#: The key in the address that monday.com's webhooks call, and in those at which files can be read.
_ADDRESS = re.compile(r"(/monday/webhooks/|/files/)[\w-]+")
_HIDDEN = "[hidden]"


def shown(content: Mapping[str, Any] | str) -> str:
    """A payload as indented JSON, its secrets hidden; what is no JSON as it is, likewise."""
    if isinstance(content, str):
        try:
            content = json.loads(content)
        except ValueError:
            return _clean_text(str(content))
    return json.dumps(_clean(content), indent=2, ensure_ascii=False, sort_keys=True)


def _clean(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            key: _HIDDEN if any(part in str(key).lower() for part in _SECRET_KEYS) else _clean(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_clean(inner) for inner in value]
    return _clean_text(value) if isinstance(value, str) else value


def _clean_text(text: str) -> str:
    return _ADDRESS.sub(rf"\1{_HIDDEN}", _SIGNED.sub(_HIDDEN, text))
