"""Which elements a reader does not see: nh3 reads their styles, what these mean is told here. Pure."""

import re
from collections.abc import Mapping

_ZERO = r"[+-]?(?:0+\.?0*|\.0+)(?:[a-z]+|%)?"
#: What may keep an element from being seen; nh3 gives these declarations alone, well-formed.
TELLING_STYLES = {
    *("display", "visibility", "content-visibility", "mso-hide", "opacity", "zoom", "font", "font-size"),
    *("color", "-webkit-text-fill-color", "transform", "clip", "clip-path", "text-indent"),
    *("left", "top", "right", "bottom", "margin-left", "margin-top", "margin-right", "margin-bottom"),
    *("width", "height", "max-width", "max-height", "overflow", "overflow-x", "overflow-y"),
}
_FAR_OUT = r"-(?:\d{3}|\d\d(?:r?em|v[hw]|%)).*"
_HIDING = re.compile(
    r"display:none|(?:content-)?visibility:(?:hidden|collapse)|mso-hide:(?!none).*|font:0(?:[a-z%/].*)?"
    rf"|(?:opacity|font-size|zoom):{_ZERO}|transform:.*scale[xy3d]*\({_ZERO}[,)].*"
    r"|clip:rect.*|clip-path:(?!none|initial|unset).*"
    rf"|(?:(?:margin-)?(?:left|top|right|bottom)|text-indent):{_FAR_OUT}"
    r"|(?:-webkit-text-fill-)?color:(?:transparent|#[0-9a-f]{3}0|#[0-9a-f]{6}00"
    rf"|(?:rgb|hsl)a?\((?:(?:[^,]*,){{3}}|.*/){_ZERO}\))"
)
#: These hide their element's text only where what does not fit is cut off.
_NO_ROOM = re.compile(rf"(?:max-)?(?:width|height):{_ZERO}")
_CUT_OFF = re.compile(r"overflow(?:-[xy])?:.*(?:hidden|clip).*")
_IMPORTANT = re.compile(r"!\s*important")


def comparable(_: str, attribute: str, value: str) -> str:
    """An attribute in the form in which it is compared; nh3 drops declarations marked important."""
    return _IMPORTANT.sub("", value.lower()) if attribute == "style" else value


def is_hidden(attributes: Mapping[str, str]) -> bool:
    """Whether an element with these attributes, as nh3 left them, is kept from being seen."""
    declarations = re.sub(r"\s+", "", attributes.get("style", "")).split(";")
    has_no_room = any(_NO_ROOM.fullmatch(one) for one in declarations)
    return (
        "hidden" in attributes
        or any(_HIDING.fullmatch(one) for one in declarations)
        or (has_no_room and any(_CUT_OFF.fullmatch(one) for one in declarations))
    )
