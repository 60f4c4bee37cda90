# SPDX-License-Identifier: EUPL-1.2
"""The parts that every page is built of: a table with its cells, and the label of a field. Available in every template.

    {% room of="stages" %}<table class="utrecht-table">
      {% head %}{% column %}Stage{% endcolumn %}{% figure_column %}Now{% endfigure_column %}{% endhead %}
      {% rows %}
        {% row %}{% row_head %}Appeal{% endrow_head %}{% figure_cell %}5.880{% endfigure_cell %}{% endrow %}
      {% endrows %}
    </table>{% endroom %}

A word after the name of a cell is a class beside its own: `{% cell "nowrap" %}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@dataclass(frozen=True)
class Part:
    """An element with the classes it always has."""

    element: str
    classes: str
    attributes: str = ""
    around: tuple[str, str] = ("", "")


PARTS = {
    "head": Part("thead", "utrecht-table__header", around=("<tr>", "</tr>")),
    "rows": Part("tbody", "utrecht-table__body"),
    "row": Part("tr", "utrecht-table__row"),
    "column": Part("th", "utrecht-table__header-cell", ' scope="col"'),
    "figure_column": Part("th", "utrecht-table__header-cell number", ' scope="col"'),
    "corner": Part("td", "utrecht-table__header-cell"),
    "row_head": Part("th", "utrecht-table__cell", ' scope="row"'),
    "cell": Part("td", "utrecht-table__cell"),
    "figure_cell": Part("td", "utrecht-table__cell number"),
}


class PartNode(template.Node):
    """An element around what stands between the two tags."""

    def __init__(self, part: Part, more: FilterExpression | None, nodelist: NodeList) -> None:
        self.part, self.more, self.nodelist = part, more, nodelist

    def render(self, context: Context) -> SafeString:
        more = f" {conditional_escape(self.more.resolve(context))}".rstrip() if self.more else ""
        part, (first, last) = self.part, self.part.around
        inside = self.nodelist.render(context)
        text = f'<{part.element}{part.attributes} class="{part.classes}{more}">{first}{inside}{last}</{part.element}>'
        return mark_safe(text)


def _part(name: str) -> None:
    def compiled(parser: Parser, token: Token) -> PartNode:
        words = token.split_contents()
        if len(words) > 2:
            raise template.TemplateSyntaxError(f"“{name}” takes at most one word: the classes beside its own")
        nodelist = parser.parse((f"end{name}",))
        parser.delete_first_token()
        return PartNode(PARTS[name], parser.compile_filter(words[1]) if len(words) == 2 else None, nodelist)

    register.tag(name, compiled)


for _name in PARTS:
    _part(_name)


class RoomNode(template.Node):
    """Room in which a wide table moves sideways by itself; with a name, because the keyboard can reach it."""

    def __init__(self, asked: Mapping[str, FilterExpression], nodelist: NodeList) -> None:
        self.asked, self.nodelist = asked, nodelist

    def render(self, context: Context) -> SafeString:
        said = {name: conditional_escape(value.resolve(context)) for name, value in self.asked.items()}
        more = f" {said['more']}" if "more" in said else ""
        named = f'aria-labelledby="{said["of"]}"' if "of" in said else f'aria-label="{said["called"]}"'
        inside = self.nodelist.render(context)
        return mark_safe(f'<div class="table-room{more}" tabindex="0" role="region" {named}>{inside}</div>')


@register.tag
def room(parser: Parser, token: Token) -> RoomNode:
    """Give a table room: `of` is the id of its heading, `called` a name in words, `more` a class."""
    asked = token_kwargs(token.split_contents()[1:], parser)
    if len({"of", "called"} & set(asked)) != 1 or set(asked) - {"of", "called", "more"}:
        raise template.TemplateSyntaxError("“room” takes of=(id of a heading) or called=(words), and more=(a class)")
    nodelist = parser.parse(("endroom",))
    parser.delete_first_token()
    return RoomNode(asked, nodelist)


class FaultNode(template.Node):
    """What is wrong with a field, or with a row, said in words beside it."""

    def __init__(self, field: FilterExpression | None, role: FilterExpression | None, nodelist: NodeList) -> None:
        self.field, self.role, self.nodelist = field, role, nodelist

    def render(self, context: Context) -> SafeString:
        named = f' id="{conditional_escape(self.field.resolve(context))}"' if self.field else ""
        role = f' role="{conditional_escape(self.role.resolve(context))}"' if self.role else ""
        return mark_safe(f'<p class="ask__fault"{named}{role}>{self.nodelist.render(context)}</p>')


@register.tag
def fault(parser: Parser, token: Token) -> FaultNode:
    """Write what is wrong: `{% fault "id_of_it" %}…{% endfault %}`; `role="alert"` reads it out at once."""
    words = token.split_contents()[1:]
    named = token_kwargs(words[1:], parser)
    if len(words) > 2 or set(named) - {"role"}:
        raise template.TemplateSyntaxError("“fault” takes the id of the sentence, and role=")
    nodelist = parser.parse(("endfault",))
    parser.delete_first_token()
    return FaultNode(parser.compile_filter(words[0]) if words else None, named.get("role"), nodelist)


class LabelNode(template.Node):
    """The label of a field that no form makes."""

    def __init__(self, field: FilterExpression, nodelist: NodeList) -> None:
        self.field, self.nodelist = field, nodelist

    def render(self, context: Context) -> SafeString:
        field, inside = conditional_escape(self.field.resolve(context)), self.nodelist.render(context)
        return mark_safe(f'<label class="utrecht-form-label" for="{field}">{inside}</label>')


@register.tag
def label(parser: Parser, token: Token) -> LabelNode:
    """Write the label of a field: `{% label "wie" %}Who{% endlabel %}`."""
    words = token.split_contents()
    if len(words) != 2:
        raise template.TemplateSyntaxError("“label” takes one word: the id of its field")
    nodelist = parser.parse(("endlabel",))
    parser.delete_first_token()
    return LabelNode(parser.compile_filter(words[1]), nodelist)
