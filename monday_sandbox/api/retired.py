"""Fields that version 2026-10 took away; versions before it have them still.

Official clients that are made for an older version ask for them: their names, kinds and
nullability are those of the types that ``@mondaydotcomorg/api`` 14.0.0 ships for 2026-01.
"""

from monday_sandbox.api.accounts import user_fields
from monday_sandbox.api.context import Fields, Resolver, constant

_SIZES = ("original", "small", "thumb", "thumb_small", "tiny")


def _is_of(kind: str) -> Resolver:
    return lambda user, _, __: user["kind"] == kind


def _photo(size: str) -> Resolver:
    return lambda user, context, _: (user_fields(context, user)["photo_url"] or {}).get(size)


FIELDS: Fields = {
    "User": {
        "enabled": lambda user, _, __: user["status"] != "INACTIVE",
        "is_admin": _is_of("admin"),
        "is_guest": _is_of("guest"),
        "is_pending": lambda user, _, __: user["status"] == "PENDING",
        "is_verified": lambda user, context, _: user_fields(context, user)["is_email_confirmed"],
        "is_view_only": _is_of("view_only"),
        "join_date": lambda user, _, __: user["created_at"][:10],
        **{f"photo_{size}": _photo(size) for size in _SIZES},
        "sign_up_product_kind": constant("core"),
    },
}
