# SPDX-License-Identifier: EUPL-1.2
"""A template can be reviewed: no line that runs off the page, and what is shared is written in one place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools import templates

WIDEST = 160
BY_HAND = {
    r'<t[hd][^>]*class="utrecht-table__': "a cell: {% cell %}, {% figure_cell %}, {% row_head %}, {% column %}",
    r'<tr[^>]*class="utrecht-table__': "a row: {% row %}",
    r"<(?:thead|tbody)\b": "the head or the rows of a table: {% head %}, {% rows %}",
    r'<div[^>]*class="table-room': 'the room of a table: {% room of="id" %}',
    r'<label[^>]*class="utrecht-form-label': 'the label of a field: {% label "id" %}',
    r'class="state state--': 'a state: {% include "parts/state.html" %}',
    r'class="ask__fault"': 'what is wrong: {% include "parts/field.html" %}, or {% fault "id" %} of a field by hand',
}
"""What nobody writes by hand, and the shared part that does it."""
PARTS_THEMSELVES = {"parts/state.html", "parts/field.html", "steering/parts_verdict.html"}
FOUND = sorted(templates.TEMPLATES.rglob("*.html"))


def name(path: Path) -> str:
    return path.relative_to(templates.TEMPLATES).as_posix()


def by_hand(source: str) -> list[str]:
    """Tell what stands by hand in a template."""
    return [part for pattern, part in BY_HAND.items() if re.search(pattern, source)]


def test_no_line_is_wider_than_a_reviewer_reads():
    wide = [
        f"{name(path)}:{number} is {len(line)} characters"
        for path in FOUND
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > WIDEST
    ]
    assert wide == [], "`python3 tools/templates.py` lays them out"


def test_no_page_writes_by_hand_what_a_shared_part_does():
    found = {name(path): parts for path in FOUND if (parts := by_hand(path.read_text()))}
    assert set(found) - PARTS_THEMSELVES == set(), found
    assert by_hand('<td class="utrecht-table__cell">5</td>')


LAID_OUT = [
    ("<ul><li>one</li><li>two</li></ul>\n", "<ul>\n  <li>one</li>\n  <li>two</li>\n</ul>\n"),
    ("<p>a <b>b</b>{% if c %}<i>d</i>{% endif %}</p>\n", "<p>a <b>b</b>{% if c %}<i>d</i>{% endif %}</p>\n"),
    (
        "{% for a in b %}{% row %}{% cell %}{{ a }}{% endcell %}{% endrow %}{% endfor %}\n",
        "{% for a in b %}\n  {% row %}\n    {% cell %}{{ a }}{% endcell %}\n  {% endrow %}\n{% endfor %}\n",
    ),
    ("<a>one</a><a>two</a>\n", "<a>one</a><a>two</a>\n"),
]
"""A template, and how it is laid out: only where white space means nothing."""


@pytest.mark.parametrize(("written", "laid"), LAID_OUT)
def test_a_template_is_broken_only_where_white_space_means_nothing(written: str, laid: str):
    assert templates.laid_out(written) == laid


def test_laying_out_twice_changes_nothing_and_loses_nothing():
    for path in FOUND:
        source = path.read_text()
        once = templates.laid_out(source)
        assert templates.laid_out(once) == once, name(path)
        assert [piece.text.split() for piece in templates.pieces(once)] == [
            piece.text.split() for piece in templates.pieces(templates.trimmed(source))
        ], name(path)
