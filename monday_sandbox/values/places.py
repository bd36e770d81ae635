"""Countries and places on the map. Pure."""

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from monday_sandbox.values.kind import Content, Kind, Shown, Target, part, raw

#: ISO 3166-1, two letters each.
_COUNTRIES = (
    "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCN"
    "COCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHN"
    "HRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMM"
    "MNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSC"
    "SDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWS"
    "YEYTZAZMZW"
)
COUNTRY_CODES = frozenset(_COUNTRIES[at : at + 2] for at in range(0, len(_COUNTRIES), 2))


def _write_country(given: Any, target: Target) -> Content:
    expected = "expected countryCode as two capitals, and countryName"
    if not isinstance(given, dict) or not given.keys() & {"countryCode", "countryName"}:
        raise target.refuse(expected)
    code, name = given.get("countryCode"), given.get("countryName")
    if not code and not name:
        return None
    if not isinstance(code, str) or not isinstance(name, str) or code not in COUNTRY_CODES or not name:
        raise target.refuse(expected)
    return {"countryCode": code, "countryName": name}


def _country(shown: Shown) -> dict[str, str] | None:
    if shown.content is None:
        return None
    return {"code": shown.content["countryCode"], "name": shown.content["countryName"]}


def _write_location(given: Any, target: Target) -> Content:
    if not isinstance(given, dict) or not {"lat", "lng"} <= given.keys():
        raise target.refuse("expected lat, lng and address")
    address = given.get("address") or ""
    if not isinstance(address, str):
        raise target.refuse("expected an address as a string")
    return {
        "lat": _degrees(given["lat"], 90, target),
        "lng": _degrees(given["lng"], 180, target),
        "address": address,
    }


def _degrees(given: Any, most: int, target: Target) -> float:
    try:
        degrees = float(given) if isinstance(given, str | int | float) else None
    except (ValueError, OverflowError):
        degrees = None
    if degrees is None or isinstance(given, bool) or not isfinite(degrees) or abs(degrees) > most:
        raise target.refuse(f"expected degrees from -{most} to {most}")
    return degrees


def _place(shown: Shown) -> str:
    """The address, or where there is none the degrees."""
    if shown.content is None:
        return ""
    return shown.content["address"] or f"{shown.content['lat']}, {shown.content['lng']}"


#: What monday.com finds out by looking the place up on a map, which the sandbox does not.
_LOOKED_UP: Mapping[str, Callable[[Shown], None]] = {
    name: lambda _: None
    for name in (
        *("city", "city_short", "country", "country_short", "place_id"),
        *("street", "street_short", "street_number", "street_number_short"),
    )
}

KINDS: Mapping[str, Kind] = {
    "country": Kind(
        event_type="country",
        type_name="CountryValue",
        id_prefix="country",
        write=_write_country,
        from_text=None,
        text=part("countryName", ""),
        event=raw,
        fields={"country": _country},
        options=lambda content: [content["countryCode"]],
    ),
    "location": Kind(
        event_type="location",
        type_name="LocationValue",
        id_prefix="location",
        write=_write_location,
        from_text=None,
        text=_place,
        event=raw,
        fields={"address": part("address"), "lat": part("lat"), "lng": part("lng"), **_LOOKED_UP},
    ),
}
