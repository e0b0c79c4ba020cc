"""Texts as a terminal or a page can show them."""


def shown_text(text: str) -> str:
    r"""Returns the text with everything that cannot be shown as an escape, such as `\x07`."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
