"""Checkboxes, links, email addresses, phone numbers. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from monday_sandbox.values.kind import Content, Kind, Shown, Target, part, raw


def _write_checkbox(given: Any, target: Target) -> Content:
    checked = given.get("checked") if isinstance(given, dict) else None
    if str(checked).lower() == "true":
        return {"checked": "true"}
    if str(checked).lower() == "false":
        # monday.com takes it and leaves the box as it is; only null unchecks (seen in 2026).
        return target.content
    raise target.refuse('expected {"checked": "true"} or null')


def _write_link(given: Any, target: Target) -> Content:
    url, text = _pair(given, "url", "text", target)
    if not url:
        return None
    if not re.match(r"[a-z][a-z0-9+.-]*://|mailto:|tel:", url, re.IGNORECASE):
        raise target.refuse("expected a url with its scheme")
    return {"url": url, "text": text or url}


def _link_text(shown: Shown) -> str:
    if shown.content is None:
        return ""
    url, text = shown.content["url"], shown.content["text"]
    return url if text == url else f"{text} - {url}"


def _write_email(given: Any, target: Target) -> Content:
    email, text = _pair(given, "email", "text", target)
    if not email:
        return None
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        raise target.refuse("expected an email address")
    return {"text": text or email, "email": email}


def _write_phone(given: Any, target: Target) -> Content:
    phone, country = _pair(given, "phone", "countryShortName", target)
    if not phone:
        return None
    if not re.fullmatch(r"\+?[\d\s().-]+", phone) or (country and not re.fullmatch("[A-Z]{2}", country)):
        raise target.refuse("expected a phone number and a country as two capitals")
    return {"phone": phone, "countryShortName": country}


def _pair(given: Any, first: str, second: str, target: Target) -> tuple[str, str]:
    if not isinstance(given, dict) or first not in given:
        raise target.refuse(f"expected {first} and {second}")
    one, other = given[first] or "", given.get(second) or ""
    if not isinstance(one, str) or not isinstance(other, str):
        raise target.refuse(f"expected {first} and {second} as strings")
    return one.strip(), other


def _two_words(first: str, second: str) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        one, _, rest = text.strip().partition(" ")
        return {first: one, second: rest}

    return read


def _phone_from_text(text: str) -> Any:
    phone, _, country = text.strip().rpartition(" ")
    if re.fullmatch("[A-Z]{2}", country):
        return {"phone": phone, "countryShortName": country}
    return {"phone": text, "countryShortName": ""}


KINDS: Mapping[str, Kind] = {
    "checkbox": Kind(
        event_type="boolean",
        type_name="CheckboxValue",
        id_prefix="boolean",
        write=_write_checkbox,
        from_text=None,
        text=lambda shown: "v" if shown.content is not None else "",
        event=raw,
        fields={"checked": lambda shown: shown.content is not None},
    ),
    "link": Kind(
        event_type="link",
        type_name="LinkValue",
        id_prefix="link",
        write=_write_link,
        from_text=_two_words("url", "text"),
        text=_link_text,
        event=raw,
        fields={"url": part("url"), "url_text": part("text")},
    ),
    "email": Kind(
        event_type="email",
        type_name="EmailValue",
        id_prefix="email",
        write=_write_email,
        from_text=_two_words("email", "text"),
        text=part("text", ""),
        event=raw,
        fields={"email": part("email"), "label": part("text")},
    ),
    "phone": Kind(
        event_type="phone",
        type_name="PhoneValue",
        id_prefix="phone",
        write=_write_phone,
        from_text=_phone_from_text,
        text=part("phone", ""),
        event=raw,
        fields={"phone": part("phone"), "country_short_name": part("countryShortName")},
    ),
}
