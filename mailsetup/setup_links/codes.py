"""Codes that people carry by eye, read over the telephone and type with a thumb."""

import secrets

# Without 0, O, 1, I and L.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8


def new_code() -> str:
    """One that nobody can guess."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def normal_code(text: str) -> str:
    """As it was given: neither case nor dashes nor spaces matter."""
    return "".join(character for character in text.upper() if character.isalnum())


def display_code(code: str) -> str:
    """In two halves, such as 7K4Q-29XM."""
    half = CODE_LENGTH // 2
    return f"{code[:half]}-{code[half:]}"
