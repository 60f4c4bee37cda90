# SPDX-License-Identifier: EUPL-1.2
"""What is wrong with the forms of a page: in its title, in a summary at the top, and at each field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms, template
from django.utils.translation import gettext as _

register = template.Library()


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: the field it is at, its name, and what it is."""

    anchor: str
    label: str
    message: str


def faults(*asked: Any) -> list[Fault]:
    """Find every fault of these forms, in the order of the page."""
    return [fault for form in asked if isinstance(form, forms.BaseForm) and form.is_bound for fault in _of(form)]


def _of(form: forms.BaseForm) -> Iterator[Fault]:
    yield from (Fault("", "", str(message)) for message in form.non_field_errors())
    for field in form:
        yield from (Fault(_anchor(field), str(field.label), str(message)) for message in field.errors)


def _anchor(field: forms.BoundField) -> str:
    """Give what a link moves the focus to: of a list of boxes the first."""
    many = isinstance(field.field.widget, forms.CheckboxSelectMultiple | forms.RadioSelect)
    return f"{field.auto_id}_0" if many else str(field.auto_id)


@register.inclusion_tag("parts/faults.html")
def fault_summary(*asked: Any) -> dict[str, Any]:
    """Show everything that is wrong at the top, each with a link to its field."""
    return {"faults": faults(*asked)}


@register.simple_tag
def fault_title(*asked: Any) -> str:
    """Give what the title of the page begins with: “Error: ” when something was refused, else nothing."""
    refused = any(part for part in asked if not isinstance(part, forms.BaseForm))
    return _("Error: ") if refused or faults(*asked) else ""
