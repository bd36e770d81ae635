"""Nobody can tell from the time it takes whether a name exists."""

from argon2 import extract_parameters

from app.operators import passwords


def test_a_name_that_nobody_has_costs_as_much_as_one_that_exists() -> None:
    stored = passwords.make_hash("correct horse battery staple", "anna")
    assert extract_parameters(passwords._NOBODY) == extract_parameters(stored)


def test_no_password_is_right_for_a_name_that_nobody_has() -> None:
    assert not passwords.is_right("", None)
    assert not passwords.is_right("correct horse battery staple", None)
