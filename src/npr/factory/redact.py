"""Keeps secrets out of what a notebook shows: values of environment variables named like a token or a password."""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

SECRET = ("token", "secret", "password")
SHORTEST = 4
"""A shorter value is no secret, and would be found in half of all words."""
STANDS_ALONE = 8
"""A shorter value than this is hidden only where it stands as a word of its own."""


def is_secret(name: str) -> bool:
    """Say whether a parameter or variable is named like a secret.

    >>> is_secret("GITHUB_TOKEN"), is_secret("country")
    (True, False)
    """
    return any(word in name.casefold() for word in SECRET)


class Redactor:
    """Replaces secret values in texts by the names of their variables."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        found = os.environ if environment is None else environment
        held = {
            form: name
            for name, value in found.items() if is_secret(name) and len(value) >= SHORTEST
            for form in _forms(value)
        }  # fmt: skip
        self._names = held
        # The longest first, so that a value that holds another is hidden whole.
        longest = sorted(held, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(_pattern, longest))) if held else None

    def text(self, text: str) -> str:
        """Hide the secrets of a text.

        >>> Redactor({"API_TOKEN": "k9-42-xyz"}).text("asked with k9-42-xyz")
        'asked with [API_TOKEN hidden]'
        """
        return self._pattern.sub(lambda one: f"[{self._names[one[0]]} hidden]", text) if self._pattern else text

    def tree(self, content: Any) -> Any:
        """Hide the secrets of every text in lists and mappings, keys included; mappings keep their type."""
        if self._pattern is None:
            return content
        if isinstance(content, str):
            return self.text(content)
        if isinstance(content, list | tuple):
            return [self.tree(one) for one in content]
        if isinstance(content, dict):
            return type(content)({self.tree(key): self.tree(one) for key, one in content.items()})
        return content


def _forms(value: str) -> set[str]:
    """Give a value as it stands in plain text, in Python and JSON, in HTML and in an address."""
    markup = {html.escape(value), html.escape(value, quote=False)}
    return {value, repr(value)[1:-1], json.dumps(value)[1:-1], *markup, quote(value, safe="")}


def _pattern(value: str) -> str:
    plain = re.escape(value)
    return plain if len(value) >= STANDS_ALONE else rf"(?<!\w){plain}(?!\w)"
