"""Markdown with [[v:0]] for numbers, [[c:1]] for citations and [[s:better|word]] for signs, parsed once.

It is written as HTML, Typst or plain text. A link to `briefing:ID.LANGUAGE` leads to that briefing in the same format.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape
from typing import Any, cast

import mistune
from mistune.core import InlineState
from mistune.inline_parser import InlineParser
from mistune.plugins import Plugin

Token = dict[str, Any]
Record = dict[str, Any]


def _parse_value(_: InlineParser, found: re.Match[str], state: InlineState) -> int:
    state.append_token({"type": "value", "attrs": {"at": int(found["at"])}})
    return found.end()


def _parse_cite(_: InlineParser, found: re.Match[str], state: InlineState) -> int:
    state.append_token({"type": "cite", "attrs": {"numbers": [int(one) for one in re.findall(r"\d+", found[0])]}})
    return found.end()


def _parse_sign(_: InlineParser, found: re.Match[str], state: InlineState) -> int:
    state.append_token({"type": "sign", "attrs": {"sign": found["mood"], "word": found["word"]}})
    return found.end()


def _marks(markdown: mistune.Markdown) -> None:
    markdown.inline.register("value", r"\[\[v:(?P<at>\d+)\]\]", _parse_value, before="link")
    sign = r"\[\[s:(?P<mood>better|worse|level|plain)\|(?P<word>[^\]]+)\]\]"
    markdown.inline.register("sign", sign, _parse_sign, before="link")
    markdown.inline.register("cite", r"(?:\[\[c:\d+\]\])+", _parse_cite, before="link")


_read = mistune.create_markdown(renderer=None, plugins=[cast(Plugin, _marks)])
LONE = re.compile(
    r"\[\[v:(\d+)\]\]"
    r"|[^\W\d_](?:[^\W_]|[ ,;%()–])*(?<! )"
    r"|−?\d+(?:[.,\N{NO-BREAK SPACE}]\d+)*"
    r"|\.\."
)
"""What most cells of a table hold, a number or plain words: in these there is nothing for mistune to find."""


def parse(markdown: str) -> list[Token]:
    """Parse Markdown into blocks."""
    tokens = _read(markdown)
    return [token for token in tokens if isinstance(token, dict) and token["type"] != "blank_line"]


def parse_inline(markdown: str) -> list[Token]:
    """Parse one line of Markdown; what is not a paragraph is kept as text."""
    if lone := LONE.fullmatch(markdown):
        return [{"type": "value", "attrs": {"at": int(lone[1])}} if lone[1] else {"type": "text", "raw": markdown}]
    tokens = parse(markdown)
    if len(tokens) == 1 and tokens[0]["type"] == "paragraph":
        return list(tokens[0]["children"])
    return [{"type": "text", "raw": markdown}] if markdown.strip() else []


def plain(tokens: Sequence[Token], values: Sequence[Record], *, citations: bool = False) -> str:
    """Write tokens as plain text; citations fall away, or stand as " [1, 2]"."""
    return "".join(_plain(token, values, citations) for token in tokens)


def _plain(token: Token, values: Sequence[Record], citations: bool) -> str:
    kind = token["type"]
    if kind == "value":
        return str(values[token["attrs"]["at"]]["text"])
    if kind == "cite":
        return f" [{', '.join(map(str, token['attrs']['numbers']))}]" if citations else ""
    if kind == "sign":
        return str(token["attrs"]["word"])
    if kind in ("softbreak", "linebreak"):
        return " "
    if "children" in token:
        return plain(token["children"], values, citations=citations)
    return str(token.get("raw", ""))


# HTML ----------------------------------------------------------------------------------------------------------------

TAGS = {"strong": "strong", "emphasis": "em", "paragraph": "p", "list_item": "li", "block_quote": "blockquote"}


def html(tokens: Sequence[Token], values: Sequence[Record], first: int, anchor: Callable[[str], str]) -> str:
    """Write tokens as HTML. `first` is the place of values[0] in the trace; `anchor` gives the id of a heading."""
    return "".join(_html(token, values, first, anchor) for token in tokens)


def _html(token: Token, values: Sequence[Record], first: int, anchor: Callable[[str], str]) -> str:
    kind = token["type"]
    inner = html(token["children"], values, first, anchor) if "children" in token else ""
    if kind == "value":
        at = token["attrs"]["at"]
        number, text = escape(_number(values[at])), escape(values[at]["text"])
        return f'<data id="v{first + at}" value="{number}">{text}</data>'
    if kind == "cite":
        links = [f'<a href="#ref-{number}">{number}</a>' for number in token["attrs"]["numbers"]]
        return f'<sup class="cite">{", ".join(links)}</sup>'
    if kind == "heading":
        level = token["attrs"]["level"]
        return f'<h{level} id="{anchor(plain(token["children"], values))}">{inner}</h{level}>\n'
    if kind == "list":
        tag = "ol" if token["attrs"].get("ordered") else "ul"
        return f"<{tag}>{inner}</{tag}>\n"
    if kind == "link":
        return f'<a href="{escape(_address(token, "html"))}">{inner}</a>'
    if kind == "sign":
        return f'<span class="sign {token["attrs"]["sign"]}">{escape(token["attrs"]["word"])}</span>'
    if kind in TAGS:
        end = "\n" if kind in ("paragraph", "list_item") else ""
        return f"<{TAGS[kind]}>{inner}</{TAGS[kind]}>{end}"
    if kind == "linebreak":
        return "<br>"
    if kind == "softbreak":
        return " "
    return inner or escape(str(token.get("raw", "")))


def _address(token: Token, file_format: str) -> str:
    """Give where a link leads: another briefing lies beside this one, in the same format."""
    url = str(token["attrs"]["url"])
    if url.startswith("briefing:"):
        return f"{url.removeprefix('briefing:')}.{file_format}"
    return str(mistune.HTMLRenderer().safe_url(url))


def _number(record: Record) -> str:
    value = record.get("value")
    return str(value) if isinstance(value, int | float) else str(record["text"])


# Typst ---------------------------------------------------------------------------------------------------------------


def typst(tokens: Sequence[Token], values: Sequence[Record]) -> str:
    """Write tokens as Typst. Text stands in string literals, so that no sign in it can be read as markup."""
    return "".join(_typst(token, values) for token in tokens)


def _typst(token: Token, values: Sequence[Record]) -> str:
    kind = token["type"]
    inner = typst(token["children"], values) if "children" in token else ""
    if kind == "value":
        return quoted(str(values[token["attrs"]["at"]]["text"]))
    if kind == "cite":
        return "".join(["#cite-mark(", *(f"{number}," for number in token["attrs"]["numbers"]), ");"])
    if kind == "heading":
        return f"#heading(level: {token['attrs']['level'] - 1})[{inner}]\n\n"
    if kind == "list":
        name = "enum" if token["attrs"].get("ordered") else "list"
        return f"#{name}({inner})\n\n"
    if kind == "list_item":
        return f"[{inner}],"
    if kind == "link":
        return f"#link({literal(_address(token, 'pdf'))})[{inner}];"
    if kind == "sign":
        return f"#sign({literal(token['attrs']['sign'])}, {literal(token['attrs']['word'])});"
    if kind == "strong":
        return f"#strong[{inner}];"
    if kind == "emphasis":
        return f"#emph[{inner}];"
    if kind in ("paragraph", "block_quote"):
        return f"{inner}\n\n"
    if kind == "linebreak":
        return "#linebreak();"
    if kind == "softbreak":
        return quoted(" ")
    return inner or quoted(str(token.get("raw", "")))


CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")


def quoted(text: str) -> str:
    """Give text as a Typst string in markup."""
    return f"#{literal(text)};" if text else ""


def literal(text: str) -> str:
    """Give text as a Typst string literal; control signs, which no font can show, fall away."""
    kept = CONTROL.sub("", text)
    return '"' + kept.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'
