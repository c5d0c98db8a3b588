"""A reference that was misheard or mistyped is noticed by its last character."""

from hypothesis import given
from hypothesis import strategies as st

from mailsetup.setup_links.codes import (
    CODE_ALPHABET,
    CODE_LENGTH,
    display_code,
    is_mistyped,
    new_checked_code,
)

PLACES = range(CODE_LENGTH)


def test_new_ones_are_right_in_any_spelling() -> None:
    for _ in range(200):
        code = new_checked_code()
        assert len(code) == CODE_LENGTH
        assert set(code) <= set(CODE_ALPHABET)
        assert not is_mistyped(code)
        assert not is_mistyped(f" {display_code(code).lower()} ")


@given(st.sampled_from(PLACES), st.sampled_from(CODE_ALPHABET))
def test_one_wrong_character_is_noticed(place: int, wrong: str) -> None:
    code = new_checked_code()
    changed = code[:place] + wrong + code[place + 1 :]
    assert is_mistyped(changed) is (changed != code)


@given(st.sampled_from(PLACES), st.sampled_from(PLACES))
def test_two_that_changed_places_are_noticed(one: int, other: int) -> None:
    characters = list(code := new_checked_code())
    characters[one], characters[other] = characters[other], characters[one]
    changed = "".join(characters)
    assert is_mistyped(changed) is (changed != code)


def test_what_is_no_code_is_mistyped() -> None:
    for text in ("", "7K4Q", "0000-0000", "anna@example.com", new_checked_code() + "2"):
        assert is_mistyped(text)
