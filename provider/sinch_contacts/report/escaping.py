"""Texts that are not ours within Markdown.

A code span is the one place where neither Markdown nor its hosts look for anything: no link, no mention, no HTML.
"""

import re
from html import escape
from typing import Final

_BACKTICKS: Final = re.compile("`+")
_WORDS: Final = re.compile("[a-z ]{0,60}")
_LONGEST: Final = 160
_LONGEST_SENTENCE: Final = 600


def code(text: str, longest: int = _LONGEST) -> str:
    """Returns a text as a code span.

    Args:
        text: A text that can be shown on one line.
        longest: Characters of it that are shown.
    """
    if not text:
        return ""
    cut = _cut(text, longest)
    fence = "`" * (max(map(len, _BACKTICKS.findall(cut)), default=0) + 1)
    # Markdown takes one space away on each side, which also parts backticks of the text from those of the fence.
    pad = " " if cut.strip(" ") and (cut[0] in "` " or cut[-1] in "` ") else ""
    return f"{fence}{pad}{cut}{pad}{fence}"


def cell(text: str) -> str:
    """Returns a text as a code span in the cell of a table, where a bar ends even a code span."""
    return code(text).replace("|", r"\|")


def words(text: str) -> str:
    """Returns a text in the cell of a table as it is where it is plain words, else as a code span."""
    return text if _WORDS.fullmatch(text) else cell(text)


def sentence(text: str) -> str:
    """Returns a sentence of a plan as a code span."""
    return code(text, _LONGEST_SENTENCE)


def html_code(text: str) -> str:
    """Returns a text as HTML's `code`, for the HTML within Markdown; hosts look for no mention there either."""
    return f"<code>{escape(_cut(text, _LONGEST))}</code>"


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
