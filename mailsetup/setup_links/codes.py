"""Codes that people carry by eye, read over the telephone and type with a thumb."""

import secrets

# Without 0, O, 1, I and L.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8


def new_code() -> str:
    """One that nobody can guess."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def code_from(number: int) -> str:
    """The code that a large number comes to; a number that nobody can guess makes one that nobody can."""
    places = []
    for _ in range(CODE_LENGTH):
        number, place = divmod(number, len(CODE_ALPHABET))
        places.append(CODE_ALPHABET[place])
    return "".join(places)


def new_checked_code() -> str:
    """One whose last character follows from the others, so that a slip of the ear or the thumb is noticed."""
    code = new_code()[:-1]
    return code + _check_character(code)


def is_mistyped(code: str) -> bool:
    """Whether no checked code reads so: one character is wrong, or two have changed places."""
    code = normal_code(code)
    known = len(code) == CODE_LENGTH and set(code) <= set(CODE_ALPHABET)
    return not known or code[-1] != _check_character(code[:-1])


def _check_character(code: str) -> str:
    """The sum of all characters' places in the alphabet, the n-th n times.

    The alphabet has 31 characters, a prime, so no other sum comes of one changed or two exchanged.
    """
    places = (CODE_ALPHABET.index(character) for character in code)
    return CODE_ALPHABET[sum(weight * place for weight, place in enumerate(places, start=1)) % 31]


def normal_code(text: str) -> str:
    """As it was given: neither case nor dashes nor spaces matter."""
    return "".join(character for character in text.upper() if character.isalnum())


def display_code(code: str) -> str:
    """In two halves, such as 7K4Q-29XM."""
    half = CODE_LENGTH // 2
    return f"{code[:half]}-{code[half:]}"
