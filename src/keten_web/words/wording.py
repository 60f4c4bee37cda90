# SPDX-License-Identifier: EUPL-1.2
"""How figures and dates are written: a count of record exactly, a forecast rounded to what is known."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from math import floor, log10

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal, format_percent
from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from keten.domain.figures import Range
from keten.indicators.disclosure import FEWER, SMALLEST_SHOWN, NotShown

EN_DASH = "\N{EN DASH}"
NARROW_SPACE = "\N{NO-BREAK SPACE}"


def locale() -> str:
    """Give the language of the page, as Babel names it."""
    return {"nl": "nl_NL", "en": "en_GB"}[get_language() or "nl"]


def day(on: date) -> str:
    """30 april 2023."""
    return format_date(on, "d MMMM y", locale=locale())


def short_day(on: date) -> str:
    """30 apr 2023."""
    return format_date(on, "d MMM y", locale=locale()).replace(".", "")


def moment(at: datetime) -> str:
    """30 apr 2023, 14:05, by the clock of the site."""
    local = timezone.localtime(at)
    return f"{short_day(local.date())}, {local:%H:%M}"


def month(on: date) -> str:
    """April 2023, in the lower case of the language."""
    return format_skeleton("yMMMM", on, locale=locale())


def short_month(on: date) -> str:
    """Apr 2023, in the way of the language."""
    return format_skeleton("yMMM", on, locale=locale()).replace(".", "")


def unit_words(unit: str, amount: float = 2) -> str:
    """Give the unit as a reader says it; shares, money and ratios carry theirs in the figure itself."""
    plural = 2 if amount != 1 else 1
    words = {
        "cases": ngettext("case", "cases", plural),
        "persons": ngettext("person", "people", plural),
        "weeks": ngettext("week", "weeks", plural),
        "notices": ngettext("notice of default", "notices of default", plural),
        "appeals": ngettext("appeal", "appeals", plural),
        "per 100 cases": _("per 100 cases"),
        "share": pgettext("unit", "percentage"),
        "eur": pgettext("unit", "euros"),
        "ratio": pgettext("unit", "ratio"),
    }
    return words.get(unit, unit)


def unit_beside(unit: str, amount: float = 2) -> str:
    """Give the unit to write beside the figure; empty where the figure already shows it."""
    return "" if unit in {"share", "eur", "ratio"} else unit_words(unit, amount)


_DECIMALS = {"weeks": 1, "ratio": 2, "per 100 cases": 1}


def not_shown(value: NotShown) -> str:
    """Write what stands in the place of a figure that a reader may not see."""
    return _("fewer than %(number)s") % {"number": SMALLEST_SHOWN} if value is FEWER else _("not shown")


def why_not_shown() -> str:
    """Say why a figure is not shown."""
    return _(
        "Counts below %(number)s are not shown to you, because they can point at a person. Who works with these "
        "figures sees them exactly."
    ) % {"number": SMALLEST_SHOWN}


def cell(value: float) -> float | str:
    """Give a figure for a cell of a file: the number itself, or why it is not there."""
    return not_shown(value) if isinstance(value, NotShown) else value


def exact(value: float, unit: str) -> str:
    """Write a figure as it was counted or computed for one moment: 33.555, 12,4%, € 55.000.000."""
    if isinstance(value, NotShown):
        return not_shown(value)
    if unit == "share":
        return format_percent(value, "#,##0.0%" if abs(value) < 0.995 else "#,##0%", locale=locale())
    if unit == "eur":
        return "€" + NARROW_SPACE + format_decimal(round(value), locale=locale())
    pattern = "#,##0" + ("." + "0" * _DECIMALS[unit] if unit in _DECIMALS else "")
    return format_decimal(value, pattern, locale=locale())


def plain(value: float, unit: str) -> str:
    """Write a norm as people say it: 90%, 26 weeks, 2.932; no decimals that say nothing."""
    if isinstance(value, NotShown):
        return not_shown(value)
    if unit == "share":
        return format_percent(value, "#,##0.#%", locale=locale())
    if unit in _DECIMALS:
        return format_decimal(value, "#,##0.##", locale=locale())
    return exact(value, unit)


def to_the_last_digit(value: float) -> str:
    """Write a number with every digit it holds, in the way of the language: 63.768 or 0,12345678901234567."""
    return str(format_decimal(Decimal(repr(value)), "#,##0.#", locale=locale(), decimal_quantization=False))


def rounding_step(spread: Range, unit: str) -> float:
    """How coarse a forecast must be written: about a tenth of its 80% band, in steps of 1, 2 or 5."""
    finest = {"share": 0.01, "weeks": 1, "ratio": 0.01, "per 100 cases": 0.1}.get(unit, 1)
    if unit in {"cases", "persons", "eur", "notices", "appeals"} and abs(spread.p50) >= 1000:
        finest = 10 ** (floor(log10(abs(spread.p50))) - 2)  # three figures at most
    width = (spread.p90 - spread.p10) / 10
    if width <= finest:
        return finest
    magnitude = 10.0 ** floor(log10(width))
    step = next(factor for factor in (1, 2, 5, 10) if factor * magnitude >= width) * magnitude
    one_figure = 10.0 ** floor(log10(spread.p50)) if spread.p50 > 0 else step
    return max(finest, min(step, one_figure))


def rounded(value: float, step: float, unit: str) -> str:
    """Write a forecast figure, rounded to a step."""
    near = round(value / step) * step
    if unit == "share":
        return format_percent(near, "#,##0%", locale=locale())
    if unit == "eur":
        return "€" + NARROW_SPACE + format_decimal(round(near), locale=locale())
    decimals = max(0, -floor(log10(step))) if step < 1 else 0
    return format_decimal(near, "#,##0" + ("." + "0" * decimals if decimals else ""), locale=locale())


# A level of a study is written by what follows, and by nothing else: the same figure reads the same on every page.


def is_sure(spread: Range, unit: str) -> bool:
    """Say whether all outcomes agree, so that there is nothing to round away; money is always an estimate."""
    return spread.p10 == spread.p90 and unit != "eur"


def limits(spread: Range, unit: str) -> tuple[str, str, str]:
    """Write 10%, the middle and 90%, all to the step of the band; to the last case when all outcomes agree."""
    if is_sure(spread, unit):
        return (exact(spread.p50, unit),) * 3
    step = rounding_step(spread, unit)
    low, centre, high = (rounded(value, step, unit) for value in (spread.p10, spread.p50, spread.p90))
    return low, centre, high


def middle(spread: Range, unit: str) -> str:
    """Write the middle of a forecast: 36.000."""
    return limits(spread, unit)[1]


def about(spread: Range, unit: str) -> str:
    """Write the middle of a forecast as what it is: circa 36.000; without “circa” when all outcomes agree."""
    figure = middle(spread, unit)
    return figure if is_sure(spread, unit) else _("about %(figure)s") % {"figure": figure}


def band(spread: Range, unit: str) -> str:
    """Write the range that holds 80% of the outcomes: 34.000–38.500."""
    low, _centre, high = limits(spread, unit)
    return low if low == high else f"{low}{EN_DASH}{high}"


def forecast(spread: Range, unit: str) -> str:
    """Write a forecast as it is written everywhere: circa 36.000 (80%: 34.000–38.500)."""
    if spread.p10 == spread.p90:
        return about(spread, unit)
    return _("%(middle)s (80%%: %(band)s)") % {"middle": about(spread, unit), "band": band(spread, unit)}


def reading(written: object) -> str:
    """Name the reading of contested rules that a receipt holds."""
    return {"authority": _("of the authority"), "courts": _("of the courts")}.get(str(written), str(written or ""))


def input_part(name: str) -> str:
    """Name a part of what went into a study."""
    known = {
        "code": _("the program"),
        "parameters": _("the parameters"),
        "observations": _("the published figures"),
        "scenario": _("the scenario"),
    }
    return known.get(name, name)
