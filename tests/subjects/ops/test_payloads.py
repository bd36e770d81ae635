"""What an operator is shown of a payload holds no secret, whatever its shape."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.parked.payloads import shown

SECRET = "xq-hush-xq"
TREES = st.recursive(
    st.text() | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(TREES, st.sampled_from(["token", "accessToken", "client_secret", "Authorization", "webhook_key"]))
def test_what_a_keys_name_calls_secret_is_hidden(tree: Any, key: str) -> None:
    assert SECRET not in shown({"tree": tree, "deep": [{"deeper": {key: {"x": SECRET}}}]})


@given(TREES)
def test_what_is_no_secret_is_shown_as_it_was(tree: Any) -> None:
    assert json.loads(shown({"a": ["kept", 7, None]})) == {"a": ["kept", 7, None]}
    json.loads(shown({"tree": tree}))


def test_a_signed_token_in_a_text_is_hidden() -> None:
    told = shown('{"text": "see eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmVk here"}')
    assert "eyJ" not in told
    assert "see [hidden] here" in told


@pytest.mark.parametrize("path", ["monday/webhooks", "files"])
def test_the_key_in_an_address_of_ours_is_hidden(path: str) -> None:
    assert "kx7" not in shown({"body": f'<a href="https://support.example/{path}/kx7Gk-w">export.csv</a>'})


def test_what_is_no_json_is_shown_without_secrets() -> None:
    assert shown("not JSON, eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x") == "not JSON, [hidden]"
