# SPDX-License-Identifier: EUPL-1.2
"""Lay the templates of the site out: one element a line, nothing wider than a reviewer can read.

`python3 tools/templates.py` rewrites the templates, or those that are named; `--check` only tells which change.
A line is broken only where white space means nothing in HTML: beside an element that starts a line of its own (a
paragraph, a row, a cell), where white space stood already, or between two attributes. The pages show the same.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parent.parent / "src" / "keten_web" / "templates"
WIDE = 120
"""Where a line is broken when it can be; a single word, sentence of a tag or address may be wider."""

OWN_LINE = frozenset(
    {"html", "head", "body", "meta", "link", "title", "div", "section", "header", "footer", "nav", "main", "article"}
    | {"aside", "h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "dl", "dt", "dd", "table", "caption"}
    | {"colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td", "form", "fieldset", "legend", "details"}
    | {"summary", "figure", "figcaption", "hr", "br", "option", "optgroup", "path", "rect", "circle", "line"}
    | {"polyline", "polygon", "ellipse", "g", "!doctype"}
)
BOXES = frozenset(["svg", "select", "button"])
"""Elements inside a line that are a box of their own: white space at their inner edges means nothing."""
VOID = frozenset(["meta", "link", "col", "hr", "br", "!doctype"])
SHARED = frozenset(
    {"corner", "column", "figure_column", "row_head", "cell", "figure_cell", "row", "head", "rows", "room", "fault"}
)
"""Tags of our own that stand for an element on a line of its own."""
BLOCKS = frozenset(["if", "for", "with", "block", "localize"])
BETWEEN = frozenset(["else", "elif", "empty"])
SILENT = frozenset(["load", "extends", "csrf_token", "get_current_language"])
HIDDEN = re.compile(r'<input type="hidden"')
INCLUDE = re.compile(r'\{% *include "([^"]+)"')
QUIET = re.compile(r"\bas \w+ *%\}$")

TOKEN = re.compile(
    r"(?P<comment>\{#.*?#\})"
    r"|(?P<raw><(?:pre|textarea|script)\b.*?</(?:pre|textarea|script)>)"
    r"|(?P<blocktranslate>\{% *blocktranslate\b.*?\{% *endblocktranslate *%\})"
    r"|(?P<tag>\{%.*?%\})"
    r"|(?P<var>\{\{.*?\}\})"
    r"|(?P<html></?[a-zA-Z!](?:\{%.*?%\}|\{\{.*?\}\}|\"(?:\{%.*?%\}|\{\{.*?\}\}|[^\"{]|\{(?![%{]))*\"|[^>\"{])*>)"
    r"|(?P<space>\s+)"
    r"|(?P<text>(?:(?!\{[{%#]|</?[a-zA-Z!]).|<)(?:(?!\{[{%#]|</?[a-zA-Z!]|\s).)*)",
    re.DOTALL,
)


@dataclass
class Piece:
    """A tag, a word or an element mark, with the white space that stood before it."""

    kind: str
    text: str
    before: str = ""
    opens: str = ""
    closes: str = ""
    own_line: bool = False
    may_break: bool = False
    """Whether white space before this piece means nothing."""
    partner: int = -1
    """Where the group ends that this piece opens."""
    separators: list[int] = field(default_factory=list)


def pieces(source: str) -> list[Piece]:
    """Cut a template into pieces."""
    found: list[Piece] = []
    space = ""
    for match in TOKEN.finditer(source):
        kind, text = str(match.lastgroup), match.group()
        if kind == "space":
            space += text
            continue
        piece = Piece(kind, text, space)
        space = ""
        _name(piece)
        found.append(piece)
    assert "".join(one.before + one.text for one in found) + space == source
    found.append(Piece("end", "", space))
    _pair(found)
    _where(found)
    return found


def _name(piece: Piece) -> None:
    if piece.kind == "html":
        word = re.match(r"</?([\w!]+)", piece.text)
        name = word.group(1).lower() if word else ""
        if name in OWN_LINE | BOXES:
            piece.own_line = name in OWN_LINE
            if piece.text.startswith("</"):
                piece.closes = name
            elif name not in VOID and not piece.text.endswith("/>"):
                piece.opens = name
    elif piece.kind == "tag":
        name = piece.text[2:-2].split()[0]
        base = name.removeprefix("end")
        if base in SHARED:
            piece.own_line = True
        if base in SHARED | BLOCKS:
            piece.opens, piece.closes = ("", base) if name != base else (base, "")
        elif name in BETWEEN:
            piece.closes = "between"
        elif (part := INCLUDE.match(piece.text)) and _has_own_lines(part.group(1)):
            piece.own_line = True


@cache
def _has_own_lines(name: str) -> bool:
    """Tell whether a part begins and ends with an element that has a line of its own."""
    path = TEMPLATES / name
    if not path.is_file():
        return False
    found = pieces(path.read_text())
    marks = [False] * len(found)
    return _walk(found, 0, len(found) - 1, False, marks) and _walk_back(found, 0, len(found) - 1, False, marks)


def _pair(found: Sequence[Piece]) -> None:
    """Tie what opens to what closes it; an element that a condition opens and another closes stays untied."""
    stack: list[int] = []
    for at, piece in enumerate(found):
        if piece.opens:
            stack.append(at)
        elif piece.closes == "between":
            control = next((up for up in reversed(stack) if found[up].opens in BLOCKS), None)
            if control is not None:
                del stack[stack.index(control) + 1 :]
                found[control].separators.append(at)
        elif piece.closes:
            control_ends = piece.closes in BLOCKS
            for up in reversed(range(len(stack))):
                if found[stack[up]].opens == piece.closes:
                    found[stack[up]].partner = at
                    del stack[up:]
                    break
                if found[stack[up]].opens in BLOCKS and not control_ends:
                    break


def _where(found: Sequence[Piece]) -> None:
    """Say of each piece whether white space before it means nothing."""
    forward = [False] * len(found)
    backward = [False] * len(found)
    _walk(found, 0, len(found), False, forward)
    _walk_back(found, 0, len(found), False, backward)
    for at, piece in enumerate(found):
        piece.may_break = bool(piece.before) or forward[at] or backward[at]


def _is_silent(piece: Piece) -> bool:
    if piece.kind == "comment" or HIDDEN.match(piece.text):
        return True
    if piece.kind != "tag":
        return False
    name = piece.text[2:-2].split()[0]
    return name in SILENT or bool(QUIET.search(piece.text))


def _branches(found: Sequence[Piece], at: int) -> list[tuple[int, int]]:
    edges = [at, *found[at].separators, found[at].partner]
    return [(start + 1, end) for start, end in zip(edges, edges[1:], strict=False)]


def _has_other(found: Sequence[Piece], at: int) -> bool:
    return found[at].opens in ("with", "block", "localize") or any(
        re.match(r"\{% *(else|empty)\b", found[one].text) for one in found[at].separators
    )


def _walk(found: Sequence[Piece], start: int, end: int, safe: bool, marks: list[bool]) -> bool:
    at = start
    while at < end:
        piece = found[at]
        safe = safe or bool(piece.before)
        marks[at] = safe
        if piece.opens in BLOCKS and piece.partner > 0:
            safe = _walk_block(found, at, safe, marks)
            at = piece.partner + 1
            continue
        safe = piece.own_line or piece.opens in BOXES or (safe and _is_silent(piece))
        at += 1
    return safe


def _walk_block(found: Sequence[Piece], at: int, safe: bool, marks: list[bool]) -> bool:
    start = safe or found[at].opens == "block"  # base.html gives each block a place of its own
    ends = [_walk(found, *branch, start, marks) for branch in _branches(found, at)]
    if found[at].opens == "for" and start and not ends[0]:
        start = False
        ends[0] = _walk(found, *_branches(found, at)[0], start, marks)
    for number, one in enumerate([*found[at].separators, found[at].partner]):
        marks[one] = ends[number] = ends[number] or bool(found[one].before)
    return all(ends) and (safe or _has_other(found, at))


def _walk_back(found: Sequence[Piece], start: int, end: int, safe: bool, marks: list[bool]) -> bool:
    """Go from the end to the start; tell whether white space before the first piece means nothing."""
    at = end - 1
    opened_by = {
        found[up].partner: up for up in range(start, end) if found[up].opens in BLOCKS and found[up].partner > 0
    }
    while at >= start:
        piece = found[at]
        if at in opened_by and opened_by[at] >= start:
            first = opened_by[at]
            after = (safe or bool(found[at + 1].before)) if at + 1 < len(found) else safe
            inner = after or piece.closes == "block"
            begins = []
            for one, two in reversed(_branches(found, first)):
                marks[two] = inner or marks[two]
                begins.append(_walk_back(found, one, two, inner or bool(found[two].before), marks))
            if found[first].opens == "for" and inner and not begins[-1]:
                one, two = _branches(found, first)[0]
                marks[two] = False
                begins[-1] = _walk_back(found, one, two, bool(found[two].before), marks)
            safe = all(begins) and (inner or _has_other(found, first))
            marks[first] = safe
            at = first - 1
            safe = safe or bool(found[first].before)
            continue
        safe = piece.own_line or piece.closes in BOXES or (safe and _is_silent(piece))
        marks[at] = safe
        safe = safe or bool(piece.before)
        at -= 1
    return safe


# --- laying out -------------------------------------------------------------------------------------------------------


def flat(found: Sequence[Piece], start: int, end: int) -> str:
    """Write a stretch on one line; what stands before the first piece is left out."""
    written = ""
    for at in range(start, end):
        before = found[at].before
        written += (" " if before and at > start else "") + found[at].text
    return written


@dataclass(frozen=True)
class Item:
    start: int
    end: int
    is_block: bool


def items(found: Sequence[Piece], start: int, end: int) -> Iterator[Item]:
    at = start
    while at < end:
        piece = found[at]
        last = piece.partner if start <= piece.partner < end else at
        inside = found[at : last + 1]
        block = any(one.own_line for one in inside) or piece.opens == "block"
        yield Item(at, last + 1, block)
        at = last + 1


def lay(found: Sequence[Piece], start: int, end: int, depth: int) -> list[str]:
    """Lay a stretch out, each element that has a line of its own on one."""
    lines: list[str] = []
    run: list[int] = []
    margin = "  " * depth

    def flush() -> None:
        if run:
            add(_wrapped(found, run[0], run[-1] + 1, margin), run[0])
            run.clear()

    def add(new: list[str], at: int) -> None:
        if lines and at > start and not found[at].may_break:
            lines[-1] += new[0].lstrip()
            lines.extend(new[1:])
            return
        if lines and found[at].before.count("\n") > 1:
            lines.append("")
        lines.extend(new)

    for item in items(found, start, end):
        if not item.is_block:
            own = found[item.start].kind == "tag" and _stands_alone(found, item)
            if own or (run and _starts_line(found, item.start)):
                flush()
            run.extend(range(item.start, item.end))
            if own:
                flush()
            continue
        flush()
        add(_block(found, item, depth), item.start)
    flush()
    return lines


def _stands_alone(found: Sequence[Piece], item: Item) -> bool:
    """Tell whether a tag stood on a line of its own: it stays there."""
    after = found[item.end].before if item.end < len(found) else "\n"
    return "\n" in found[item.start].before and "\n" in after


def _starts_line(found: Sequence[Piece], at: int) -> bool:
    return "\n" in found[at].before


def _block(found: Sequence[Piece], item: Item, depth: int) -> list[str]:
    margin = "  " * depth
    first = found[item.start]
    whole = flat(found, item.start, item.end)
    if item.end == item.start + 1:
        return _wrapped(found, item.start, item.end, margin)
    inner_own = any(one.own_line for one in found[item.start + 1 : item.end - 1])
    is_small = not inner_own or first.opens == "svg"
    if is_small and len(margin) + len(whole) <= WIDE:
        return [margin + _tight(found, item)]
    edges = [item.start, *first.separators, item.end - 1]
    deeper = depth if first.opens in ("block", "html", "body") else depth + 1
    lines = _wrapped(found, item.start, item.start + 1, margin)
    for one, two in zip(edges, edges[1:], strict=False):
        inside = lay(found, one + 1, two, deeper)
        if inside:
            _join(lines, inside, found[one + 1])
        _join(lines, [margin + found[two].text], found[two])
    return lines


def _tight(found: Sequence[Piece], item: Item) -> str:
    """Write an element on one line, without white space at its edges where that means nothing."""
    first, last = found[item.start], found[item.end - 1]
    inside = flat(found, item.start + 1, item.end - 1)
    if first.own_line:
        return first.text + inside + last.text
    lead = " " if found[item.start + 1].before else ""
    trail = " " if last.before and item.end - 1 > item.start + 1 else ""
    return first.text + lead + inside + trail + last.text


def _join(lines: list[str], new: list[str], piece: Piece) -> None:
    if piece.may_break:
        lines.extend(new)
    else:
        lines[-1] += new[0].lstrip()
        lines.extend(new[1:])


def _wrapped(found: Sequence[Piece], start: int, end: int, margin: str) -> list[str]:
    """Write what belongs on one line, broken where white space stood when it is too wide."""
    whole = flat(found, start, end)
    if len(margin) + len(whole) <= WIDE:
        return [margin + whole]
    lines: list[str] = []
    now = margin
    fresh = True
    for at in range(start, end):
        for number, part in enumerate(_parts(found[at])):
            gap = (" " if found[at].before else "") if number == 0 else " "
            may = found[at].may_break if number == 0 else True
            reach = _reach(found, at, end, number)
            if not fresh and may and len(now) + len(gap) + reach > WIDE:
                lines.append(now.rstrip())
                now, fresh = margin + ("  " if start == at or lines else ""), True
                gap = ""
            now += ("" if fresh else gap) + part
            fresh = False
    lines.append(now)
    return lines


def _reach(found: Sequence[Piece], at: int, end: int, number: int) -> int:
    """Say how far one has to write before the next place where a line may be broken."""
    parts = _parts(found[at])
    if number + 1 < len(parts):
        return len(parts[number])
    reach = len(parts[number])
    for later in range(at + 1, end):
        if found[later].may_break:
            break
        more = _parts(found[later])
        reach += len(more[0])
        if len(more) > 1:
            break
    return reach


ATTRIBUTE = re.compile(r"(?:\{%.*?%\}|\{\{.*?\}\}|\"(?:\{%.*?%\}|\{\{.*?\}\}|[^\"])*\"|[^\s\"{]|\{)+", re.DOTALL)
LONG_SENTENCE = re.compile(r"\{% *translate \"([^\"]*)\" *%\}")


def _parts(piece: Piece) -> list[str]:
    """Cut what is too wide where a line may be broken inside it."""
    if piece.kind == "html" and (len(piece.text) > WIDE - 40 or not piece.may_break):
        return _attributes(piece.text)
    if len(piece.text) <= WIDE - 40:
        return [piece.text]
    if piece.kind == "blocktranslate":
        return _sentence(piece.text)
    return [piece.text]


def _attributes(text: str) -> list[str]:
    """Cut an element mark between its attributes, never inside the value of one."""
    cut = ATTRIBUTE.findall(text)
    return cut if " ".join(cut) == re.sub(r"\s+", " ", text) else [text]


def _sentence(text: str) -> list[str]:
    """Cut a sentence between its words; only one that is marked as trimmed may be."""
    if not re.match(r"\{% *blocktranslate[^%]*\btrimmed\b", text):
        return [text]
    return [part.group() for part in re.finditer(r"(?:\{%.*?%\}|\{\{.*?\}\}|[^\s{]|\{)+", text)]


def trimmed(source: str) -> str:
    """Mark long sentences as trimmed, so that they can stand on more than one line and stay the same sentence."""

    def block(match: re.Match[str]) -> str:
        text = match.group()
        if len(text) <= WIDE - 10 or "trimmed" in text.split("%}")[0] or "\n" in text:
            return text
        return re.sub(r"^\{% *blocktranslate\b", "{% blocktranslate trimmed", text)

    def single(match: re.Match[str]) -> str:
        said = match.group(1)
        if len(said) <= WIDE - 30 or "%" in said or "{" in said:
            return match.group()
        return "{% blocktranslate trimmed %}" + said + "{% endblocktranslate %}"

    source = re.sub(r"\{% *blocktranslate\b.*?\{% *endblocktranslate *%\}", block, source, flags=re.DOTALL)
    return re.sub(r"(?<![\"'=])\{% *translate \"([^\"]*)\" *%\}(?![\"'])", single, source)


def laid_out(source: str) -> str:
    """Give a template as it should stand; doing it again changes nothing."""
    before = ""
    while source != before:
        before, source = source, _once(source)
    return source


def _once(source: str) -> str:
    found = pieces(trimmed(source))
    lines = lay(found, 0, len(found) - 1, 0)
    end = "\n" if found[-1].before or found[-1].may_break else ""
    return "\n".join(line.rstrip() for line in lines) + end


def main(arguments: Sequence[str]) -> int:
    """Rewrite the templates; with `--check` tell which would change."""
    only_check = "--check" in arguments
    named = [Path(one) for one in arguments if not one.startswith("-")] or sorted(TEMPLATES.rglob("*.html"))
    changed = 0
    for path in named:
        before = path.read_text()
        after = laid_out(before)
        if after != before:
            changed += 1
            print(path)
            if not only_check:
                path.write_text(after)
    return int(only_check and changed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
