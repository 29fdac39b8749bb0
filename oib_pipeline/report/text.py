"""Text that came from outside, made safe to show: hidden characters become visible."""

from __future__ import annotations

import re
import unicodedata

# Han characters, their punctuation and full-width forms.
CHINESE = re.compile(r"[\u2e80-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]+")

# How text refers to a table, a figure or a section.
REFERENCE = re.compile(r"\[\[([a-z0-9_-]+)\]\]")


def resolve(text: str, words: dict[str, str]) -> str:
    """Text with each ``[[name]]`` replaced by what it is called."""
    return REFERENCE.sub(lambda found: words.get(found[1], found[0]), text)


def visible(text: str) -> str:
    """The text with control and direction characters written out as ``[U+202E]``.

    A right-to-left mark in a name would otherwise turn round the text that follows it, and a
    zero-width space would make two names look alike.
    """
    return text if text.isprintable() else "".join(_shown(character) for character in text)


def listing(items: list[str]) -> str:
    """Items as a sentence lists them: a, b and c."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def capital(text: str) -> str:
    """The text with its first letter large, the rest as it is."""
    return text[:1].upper() + text[1:]


def _shown(character: str) -> str:
    if character == "\n" or unicodedata.category(character) not in ("Cc", "Cf", "Co", "Cs"):
        return character
    return " " if character in "\t\r" else f"[U+{ord(character):04X}]"
