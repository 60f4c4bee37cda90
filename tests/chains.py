# SPDX-License-Identifier: EUPL-1.2
"""Small chains for tests: one to read, and a strategy that generates many.

`SMALL` is a chain that fits on a screen and is consistent; spec tests break it in one place. `chains()` generates
consistent chains of two to six stages for properties ("no case is lost", "the engines agree").
"""

from datetime import date

import yaml
from hypothesis import strategies as st

from keten.parameters.chain import Chain, StageKind

SMALL = """
partners:
  - {id: IND, nl: IND, en: IND, relations: [&relation {from: 2007-08-30, relation: agency, responsible: Minister,
     core_processes: [ADMISSION], role_nl: beslist, role_en: decides, source: letter}]}
  - {id: COURTS, nl: Rechtbank, en: Court, relations: [*relation]}
reception_groups:
  - {id: AZC, nl: azc, en: reception centre}
stages:
  - {id: interview, nl: Gehoor, en: Interview, core_process: ADMISSION, partner: IND, kind: work, undecided: true,
     reception: {group: AZC, share: {value: 0.9, unit: share, assumption: test}}}
  - {id: appeal_term, nl: Beroepstermijn, en: Appeal term, core_process: ADMISSION, partner: COURTS, kind: wait,
     delay: {low: 7, mode: 14, high: 28, unit: days, assumption: test}}
  - {id: housed, nl: Gehuisvest, en: Housed, core_process: RECEPTION, partner: IND, kind: exit}
  - {id: departed, nl: Vertrokken, en: Departed, core_process: RETURN, partner: IND, kind: exit}
case_classes:
  - {id: first_syria, nl: Syrië, en: Syria, application_type: first, track: 4}
  - {id: first_other, nl: Overig, en: Other, application_type: first, track: 4}
resources:
  - {id: officers, nl: Medewerkers, en: Officers, partner: IND, unit: hours,
     capacity: {value: 16, unit: hours per working day, assumption: test}}
services:
  - {resource: officers, stage: interview, effort: {value: 8, unit: hours, assumption: test}}
routes:
  - {stage: interview, to: housed, outcome: grant, share: {value: 0.6, unit: share of cases, assumption: test}}
  - {stage: interview, to: appeal_term, outcome: rejection,
     share: {value: 0.4, unit: share of cases, assumption: test}}
  - {stage: appeal_term, to: departed, share: {value: 1, unit: share of cases, assumption: test}}
handover_points:
  - {id: to_court, nl: Naar de rechter, en: To the court, from_stages: [interview], to_stages: [appeal_term],
     from_partner: IND, to_partner: COURTS}
entries:
  - {case_class: "first_*", stage: interview}
"""
"""A chain of four stages in the form of the YAML tables, all in one text."""


def tables_of(text: str) -> dict[str, list[dict[str, object]]]:
    """Read a text like `SMALL` as rows per table."""
    return yaml.safe_load(text)


def chain_of(text: str = SMALL) -> Chain:
    """Read a text like `SMALL` as a chain, without checking that it fits together."""
    return Chain.model_validate(tables_of(text))


def number(value, unit="days", **more):
    """A number for a test, marked as an assumption."""
    return {"value": value, "unit": unit, "assumption": "generated for a test", **more}


def spread(low, mode, high, unit="days", **more):
    """A low-mode-high range for a test."""
    return {"low": low, "mode": mode, "high": high, "unit": unit, "assumption": "generated for a test", **more}


@st.composite
def shares(draw, ways: int, certain: int) -> list[float]:
    """Shares of `ways` routes that add up to one; the first `certain` are never zero."""
    weights = [draw(st.integers(1 if position < certain else 0, 5)) for position in range(ways)]
    return [weight / sum(weights) for weight in weights]


@st.composite
def dated(draw, values, change_on: date | None) -> list[dict[str, object]] | dict[str, object]:
    """A value that holds always, or two values of which the second takes over on `change_on`."""
    first = draw(values)
    if change_on is None or not draw(st.booleans()):
        return first
    return [{**first, "until": change_on}, {**draw(values), "from": change_on}]


_A_YEAR = st.sampled_from([number(share, "share per year") for share in (0.0, 0.2, 0.95)])
"""How much of the undecided cases is withdrawn in a year."""


@st.composite
def chains(draw, *, max_stages: int = 6, max_classes: int = 3, change_on: date | None = None) -> Chain:
    """A consistent chain of two to `max_stages` stages, among which one or two exits.

    Every stage is reached from the first by a spine of routes; routes may jump ahead, loop back, or change the case
    class. Loops end, because the spine always keeps a share. Values may change on `change_on`.
    """
    stage_count = draw(st.integers(2, max_stages))
    exit_count = draw(st.integers(1, min(2, stage_count - 1)))
    inner = [f"stage_{number_}" for number_ in range(stage_count - exit_count)]
    exits = [f"exit_{number_}" for number_ in range(exit_count)]
    withdraws = draw(st.booleans())
    if withdraws:
        exits[0] = "withdrawn"
    classes = [f"class_{letter}" for letter in "abcdef"[: draw(st.integers(1, max_classes))]]
    kinds = {name: draw(st.sampled_from([StageKind.WORK, StageKind.WAIT])) for name in inner}
    undecided = draw(st.integers(0, len(inner)))
    # Each work stage has a resource of its own, or shares the one of the first work stage.
    works = [name for name in inner if kinds[name] is StageKind.WORK]
    serving = {name: [draw(st.sampled_from([f"resource_{name}", f"resource_{works[0]}"]))] for name in works}
    if works and draw(st.booleans()):
        serving[works[-1]].append("resource_extra")
    resources = sorted({resource for names in serving.values() for resource in names})
    return Chain.model_validate(
        {
            "partners": [_partner("P1"), _partner("P2")],
            "reception_groups": [{"id": "G1", "nl": "groep", "en": "group"}],
            "stages": [
                *(draw(_stage(name, kinds[name], inner.index(name) < undecided, change_on)) for name in inner),
                *(_exit(name) for name in exits),
            ],
            "case_classes": [
                {"id": name, "nl": name, "en": name, "application_type": "first", "track": 4}
                | ({"withdrawal": draw(dated(_A_YEAR, change_on))} if withdraws else {})
                for name in classes
            ],
            "resources": [
                {
                    "id": name,
                    "nl": name,
                    "en": name,
                    "partner": "P1",
                    "unit": "hours",
                    "rhythm": draw(st.sampled_from(["working_day", "calendar_day"])),
                    "capacity": draw(dated(st.integers(0, 40).map(lambda hours: number(hours, "hours")), change_on)),
                }
                for name in resources
            ],
            "services": [
                {"resource": resource, "stage": stage, "effort": draw(dated(_efforts(), change_on))}
                for stage, names in serving.items()
                for resource in dict.fromkeys(names)
            ],
            "routes": [
                route
                for position in range(len(inner))
                for route in draw(_routes(position, inner, exits, classes, change_on))
            ],
            "handover_points": [
                {
                    "id": "first_handover",
                    "nl": "eerste",
                    "en": "first",
                    "from_stages": [inner[0]],
                    "to_stages": [(inner + exits)[1]],
                    "from_partner": "P1",
                    "to_partner": "P2",
                }
            ],
            "entries": [
                {"case_class": name, "stage": inner[0] if name == "class_a" else draw(st.sampled_from(inner))}
                for name in classes
            ],
        }
    )


def _partner(name):
    relation = {
        "from": date(2007, 8, 30),
        "relation": "agency",
        "responsible": "Minister",
        "core_processes": ["ADMISSION"],
        "role_nl": "test",
        "role_en": "test",
        "source": "test",
    }
    return {"id": name, "nl": name, "en": name, "relations": [relation]}


def _efforts():
    return st.one_of(
        st.sampled_from([1, 2, 2.5, 8]).map(lambda hours: number(hours, "hours")),
        st.just(spread(2, 4, 9, "hours")),
    )


@st.composite
def _stage(draw, name, kind, undecided, change_on):
    row = {
        "id": name,
        "nl": name,
        "en": name,
        "core_process": draw(st.sampled_from(["ENTRY", "ADMISSION", "RETURN"])),
        "partner": draw(st.sampled_from(["P1", "P2"])),
        "kind": kind,
        "undecided": undecided,
    }
    if kind is StageKind.WAIT:
        low, more, most = draw(st.integers(0, 10)), draw(st.integers(0, 20)), draw(st.integers(0, 40))
        fixed = st.integers(0, 30).map(number)
        row["delay"] = draw(dated(st.one_of(fixed, st.just(spread(low, low + more, low + more + most))), change_on))
    elif draw(st.booleans()):
        row["no_show"] = number(draw(st.sampled_from([0, 0.1, 0.4])), "share")
    if draw(st.booleans()):
        row["reception"] = {"group": "G1", "share": number(draw(st.sampled_from([0.5, 1])), "share")}
    return row


def _exit(name):
    return {"id": name, "nl": name, "en": name, "core_process": "RETURN", "partner": "P2", "kind": StageKind.EXIT}


@st.composite
def _routes(draw, position, inner, exits, classes, change_on):
    """Routes from one stage: the spine first, then ways ahead and back, for all classes alike or per class."""
    ahead = (inner + exits)[position + 1 :]
    spine = exits if position == len(inner) - 1 else ahead[:1]
    rows = []
    for patterns in [["*"]] if draw(st.booleans()) else [[name] for name in classes]:
        ways = [*spine, *draw(st.lists(st.sampled_from([*inner[: position + 1], *ahead]), max_size=2))]
        early = draw(shares(len(ways), len(spine)))
        late = draw(shares(len(ways), len(spine))) if change_on and draw(st.booleans()) else None
        for number_, to in enumerate(ways):
            share = number(early[number_], "share of cases")
            if late:
                share = [{**share, "until": change_on}, number(late[number_], "share of cases", **{"from": change_on})]
            rows.append(
                {
                    "stage": inner[position],
                    "case_classes": patterns,
                    "to": to,
                    "becomes": None if to in exits else draw(st.sampled_from([None, None, *classes])),
                    "outcome": draw(st.sampled_from(["onward", "grant", "rejection", "withdrawal"])),
                    "share": share,
                }
            )
    return rows
