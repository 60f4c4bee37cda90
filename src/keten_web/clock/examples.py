# SPDX-License-Identifier: EUPL-1.2
"""Cases that show what the clock does; each is one click away. The dates are made up, the law is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


@dataclass(frozen=True)
class Example:
    """A filled-in form with a name; days as they are typed."""

    id: str
    name: str | Promise
    answers: Mapping[str, str]


_FIRST = {"application_type": "first", "reading": "authority", "applicants": "1"}
_APRIL = {**_FIRST, "lodged_on": "10-04-2022"}

EXAMPLES = (
    Example(
        "before-decree",
        gettext_lazy("10 April 2022, before decree WBV 2022/22"),
        {**_APRIL, "known_on": "01-09-2022"},
    ),
    Example(
        "after-decree",
        gettext_lazy("The same after the decree, decided late"),
        {
            **_APRIL,
            "known_on": "15-03-2024",
            "notice_on": "24-07-2023",
            "appeal_on": "11-08-2023",
            "judgment_on": "01-12-2023",
            "term_weeks": "8",
            "per_day": "100",
            "maximum": "7500",
            "decided_on": "01-03-2024",
        },
    ),
    Example(
        "after-judgment",
        gettext_lazy("The same after the judgment of the Court of Justice"),
        {**_APRIL, "known_on": "01-07-2025", "reading": "courts"},
    ),
    Example(
        "month-end",
        gettext_lazy("31 May 2023: the end of a month, a Saturday"),
        {**_FIRST, "lodged_on": "31-05-2023", "known_on": "01-06-2024"},
    ),
    Example(
        "family-reunification",
        gettext_lazy("Family reunification, 14 August 2024"),
        {**_FIRST, "application_type": "family_reunification", "lodged_on": "14-08-2024", "known_on": "01-02-2025"},
    ),
    Example(
        "syria",
        gettext_lazy("Syria, under the moratorium"),
        {**_FIRST, "lodged_on": "01-07-2024", "nationality": "SYR", "known_on": "01-03-2025"},
    ),
    Example(
        "suspended",
        gettext_lazy("The clock stood still for twenty days"),
        {
            **_FIRST,
            "lodged_on": "15-04-2022",
            "known_on": "13-07-2023",
            "suspension-0-from_day": "01-06-2022",
            "suspension-0-until_day": "21-06-2022",
            "suspension-0-ground": "incomplete",
        },
    ),
)


def _rows(prefix: str, rows: tuple[Mapping[str, str], ...]) -> dict[str, str]:
    """Give the rows of a part of the form as its fields."""
    numbered = {f"{prefix}-{number}-{name}": value for number, row in enumerate(rows) for name, value in row.items()}
    return {f"{prefix}-TOTAL_FORMS": str(len(rows)), **numbered}


LIFE_EXAMPLE: Mapping[str, str] = {
    **_FIRST,
    "lodged_on": "15-04-2022",
    "known_on": "10-08-2024",
    **_rows("suspension", ({"from_day": "01-06-2022", "until_day": "21-06-2022", "ground": "incomplete"},)),
    **_rows(
        "event",
        (
            {"what": "notice", "on": "07-09-2023"},
            {"what": "late_decision_appeal", "on": "26-09-2023"},
            {"what": "judgment", "on": "01-12-2023", "sent_on": "04-12-2023", "term_weeks": "8", "per_day": "100",
             "maximum": "7500"},
            {"what": "late_decision_appeal", "on": "15-02-2024"},
            {"what": "judgment", "on": "02-05-2024", "decide_by": "31-07-2024", "per_day": "250", "maximum": "37500"},
            {"what": "rejected", "on": "29-07-2024"},
            {"what": "detained", "on": "05-08-2024"},
        ),
    ),
}  # fmt: skip
"""A case with two judgments, a day set by the court, a decision and detention."""
