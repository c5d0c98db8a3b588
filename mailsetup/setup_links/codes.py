"""Codes that people carry by eye and type with a thumb."""

# Without 0, O, 1, I and L, as in the references of tests.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8


def normal_code(text: str) -> str:
    """As it was given: neither case nor dashes nor spaces matter."""
    return "".join(character for character in text.upper() if character.isalnum())


def display_code(code: str) -> str:
    """In two halves."""
    half = CODE_LENGTH // 2
    return f"{code[:half]}-{code[half:]}"
