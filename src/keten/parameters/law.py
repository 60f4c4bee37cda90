# SPDX-License-Identifier: EUPL-1.2
"""The law as bitemporal data: what holds for which case, and since when that was known.

Two times run through every value. *Validity* (`from`, `until`) is a date of the case: `selected_by` says which one, for
instance the day of lodging. *Knowledge* (`known`) is the date on which the question is asked: a decree, its withdrawal
or a ruling changes the answer for the same application. Where the authority and the courts read a rule differently,
each reading has its own knowledge intervals. Nothing here computes; `keten.deadlines` does.

A value without `until` holds until a later value of the same rule that is known by then takes over. A changed decision
period is therefore one added value with its source.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

import yaml
from pydantic import Field, ValidationError, model_validator

from keten.domain.errors import ParameterError, Problem, UsageError
from keten.domain.words import Reading
from keten.domain.yaml_text import parse_yaml
from keten.parameters.values import Row

FOLDER = Path(__file__).parent / "law"
"""The packaged law of the Netherlands."""


class AskedDay(StrEnum):
    """A day of the case, beside lodging, from which a term may start."""

    REGISTERED_ON = "registered_on"
    RESPONSIBLE_ON = "responsible_on"
    FEE_PAID_ON = "fee_paid_on"
    DECISION_ON = "decision_on"
    PROTECTED_UNTIL = "protected_until"


class CaseDate(StrEnum):
    """A date of the case that selects which value of a rule applies."""

    LODGED_ON = "lodged_on"
    NOTICE_RECEIVED_ON = "notice_received_on"
    APPEAL_LODGED_ON = "appeal_lodged_on"
    JUDGMENT_ON = "judgment_on"
    STARTS_ON = "starts_on"
    KNOWN_ON = "known_on"


class TermCalendar(StrEnum):
    """What happens when a term ends on a closed day. It belongs to the term, not to the engine."""

    UNMOVED = "unmoved"
    GENERAL_TERMS_ACT = "general_terms_act"
    EU_NEXT_WORKING_DAY = "eu_next_working_day"


class Unit(StrEnum):
    """Unit of a value; only the first four can be counted on a calendar."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    DETENTION_MONTHS = "detention_months"
    WORKING_DAYS = "working_days"
    EUR_PER_DAY = "eur_per_day"
    YES_OR_NO = "yes_or_no"
    CASE_DATE = "case_date"


class MoratoriumEffect(StrEnum):
    """What a decision moratorium does to the decision period; authority and courts do not agree."""

    EXTRA_TERM = "extra_term"
    SUSPENSION = "suspension"


class Instance(StrEnum):
    """Who ruled, from the highest down: a lower or an equal earlier ruling never sets a higher one aside."""

    COURT_OF_JUSTICE = "court_of_justice"
    COUNCIL_OF_STATE = "council_of_state"
    FULL_CHAMBER = "full_chamber"
    SINGLE_JUDGE = "single_judge"


RANK = {instance: rank for rank, instance in enumerate(reversed(Instance))}
"""Rank of an instance; higher is more."""


class Known(Row):
    """Between which dates a value was believed, by whom, and which decree or ruling made or ended that belief."""

    valid_from: date = Field(default=date.min, alias="from")
    valid_until: date = Field(default=date.max, alias="until")
    reading: Reading | None = None
    by: str | None = None
    by_nl: str | None = None
    source: str | None = None

    def holds(self, known_on: date, reading: Reading) -> bool:
        """Whether this belief holds for a question asked on `known_on` under `reading`."""
        begun, open_ended = self.valid_from <= known_on, self.valid_until == date.max
        return begun and (open_ended or known_on < self.valid_until) and self.reading in (None, reading)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_from >= self.valid_until:
            raise ValueError("known: from must lie before until")
        return self


class Ruling(Row):
    """What a court said about a value or a moratorium, and from which day it could be known.

    `holds` says for a value whether the court applies it, `effect` for a moratorium what it does.
    """

    ecli: str
    spoken: date
    instance: Instance
    holds: bool | None = None
    effect: MoratoriumEffect | None = None
    nl: str
    en: str
    source: str | None = None

    @property
    def weight(self) -> tuple[int, date]:
        """The highest instance counts, and of one instance the last."""
        return RANK[self.instance], self.spoken


class Doubt(Row):
    """A question about the law that nobody has answered, and what the day would be if it were answered otherwise.

    `valid_from` and `valid_until` are where the boundary may lie instead, `absent` asks what the answer is without the
    rule, `calendar` what it is when the term is (not) moved off a closed day. `settled_by` says what would answer it.
    """

    nl: str
    en: str
    valid_from: date | None = Field(default=None, alias="from")
    valid_until: date | None = Field(default=None, alias="until")
    absent: bool = False
    calendar: TermCalendar | None = None
    settled_by_nl: str
    settled_by_en: str


class Sourced(Row):
    """What every piece of law says about itself.

    `source` is where it was read; where that is not the text itself, the answer says so beside the address of the text.
    """

    article: str
    instrument: str
    source: str
    gazette: str | None = None
    doubts: tuple[Doubt, ...] = ()
    verified: bool = True
    unverified: str | None = None
    unverified_nl: str | None = None
    note: str | None = None
    note_nl: str | None = None

    @model_validator(mode="after")
    def _doubt_is_named(self) -> Self:
        if self.verified == bool(self.unverified) or bool(self.unverified) != bool(self.unverified_nl):
            raise ValueError(
                "verified: false belongs with a text under unverified and unverified_nl: say what is not confirmed"
            )
        return self


class LawValue(Sourced):
    """One value of a rule: for which cases (validity) and from when until when it was believed (knowledge).

    `unit` and `calendar` stand here only where they differ from those of the rule: the law went from days to months.
    An extension may also reach applications from before its validity, when their period has not ended on a day
    (`pending_on`), because something else prolonged it.
    """

    valid_from: date = Field(alias="from")
    valid_until: date | None = Field(default=None, alias="until")
    value: float | str | tuple[float, ...]
    unit: Unit | None = None
    calendar: TermCalendar | None = None
    known: tuple[Known, ...] = Field(default=(Known(),), min_length=1)
    rulings: tuple[Ruling, ...] = ()
    published: date | None = None
    pending_on: date | None = None

    def covers(self, day: date) -> bool:
        """Whether a case whose selecting date is `day` falls under this value."""
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)

    @cached_property
    def beliefs(self) -> tuple[Known, ...]:
        """Who believed in it and when: as the file says, and for the courts as their rulings make of it."""
        return tuple(_after_rulings(self.known, self.rulings, lambda known, ruling: known if ruling.holds else None))

    def belief(self, known_on: date, reading: Reading) -> Known | None:
        """Give the belief that carries this value on a knowledge date; none when it was not, or no longer, believed."""
        return next((known for known in self.beliefs if known.holds(known_on, reading)), None)

    @property
    def number(self) -> int:
        """The value as a whole number; rules of this kind hold whole numbers only."""
        return int(self.value)  # type: ignore[arg-type]

    @model_validator(mode="after")
    def _validity_in_order(self) -> Self:
        if self.valid_until is not None and self.valid_from >= self.valid_until:
            raise ValueError("from must lie before until (until is the first day on which it no longer holds)")
        return self


Believed = TypeVar("Believed", bound=Known)
Believable = TypeVar("Believable", bound=Sourced)


def changed(row: Believable, **update: object) -> Believable:
    """Copy a row of the law with some fields changed; what was worked out from the old fields is not copied."""
    copy = row.model_copy(update=update)
    copy.__dict__.pop("beliefs", None)
    return copy


def _after_rulings(
    known: Sequence[Believed],
    rulings: Sequence[Ruling],
    verdict: Callable[[Believed, Ruling], Believed | None],
) -> Iterator[Believed]:
    """Split the beliefs of the courts on the days of their rulings; those of the authority stay as they are.

    From the day of a ruling the courts follow the highest instance that has spoken, and of one instance the last.
    """
    days = sorted({ruling.spoken for ruling in rulings})
    for belief in known:
        if not days or belief.reading is Reading.AUTHORITY:
            yield belief
            continue
        if belief.reading is None:
            yield belief.model_copy(update={"reading": Reading.AUTHORITY})
        within = [day for day in days if belief.valid_from < day < belief.valid_until]
        # A ruling that courts do not follow changes nothing: their belief goes on.
        turns = [day for day in within if followed(rulings, day) is not followed(rulings, day - timedelta(days=1))]
        edges = [belief.valid_from, *turns]
        for first, last in zip(edges, [*edges[1:], belief.valid_until], strict=True):
            spoken = followed(rulings, first)
            part = belief if spoken is None else verdict(belief, spoken)
            if part is not None:
                said = {} if spoken is None else {"by": spoken.ecli, "by_nl": spoken.ecli, "source": spoken.source}
                times = {"valid_from": first, "valid_until": last, "reading": Reading.COURTS}
                yield part.model_copy(update={**said, **times})


def followed(rulings: Iterable[Ruling], known_on: date) -> Ruling | None:
    """Give the ruling that courts follow on a day: the last of the highest instance; none before the first."""
    return max(
        (ruling for ruling in rulings if ruling.spoken <= known_on), key=lambda ruling: ruling.weight, default=None
    )


class LawRule(Row):
    """A rule with its values through time.

    Parameters
    ----------
    kind
        What the engine does with it: `decision_period`, `extension`, `individual_extension`, `ceiling`,
        `start`, `term`, `administrative_penalty`, `scope`, `open_extension` (an extension for which the law names no
        length), `shown_apart` (a limit that is told beside the deadline and cuts nothing).
    types
        Application types it speaks about; empty for a term that belongs to none.
    selected_by
        The date of the case that selects the value.
    calendar
        What happens when the term ends on a closed day.
    optional
        An extension that applies unless the case says otherwise.
    """

    rule: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    kind: Literal[
        "decision_period",
        "extension",
        "individual_extension",
        "ceiling",
        "start",
        "term",
        "administrative_penalty",
        "scope",
        "open_extension",
        "shown_apart",
    ]
    nl: str
    en: str
    types: tuple[str, ...] = ()
    unit: Unit
    calendar: TermCalendar = TermCalendar.UNMOVED
    selected_by: CaseDate = CaseDate.LODGED_ON
    optional: bool = False
    shown_when: Literal["always", "other_start", "extended", "not_extended"] = "always"
    succeeded_by: tuple[str, ...] = ()
    ends_without_successor_nl: str | None = None
    ends_without_successor_en: str | None = None
    values: tuple[LawValue, ...] = Field(min_length=1)

    def select(self, day: date, known_on: date, reading: Reading) -> LawValue | None:
        """Give the value for a case: of the values that cover `day` and are believed, the one that took effect last."""
        candidates = [
            value for value in self.values if value.covers(day) and value.belief(known_on, reading) is not None
        ]
        return max(candidates, key=lambda value: value.valid_from, default=None)

    @model_validator(mode="after")
    def _values_do_not_compete(self) -> Self:
        for one, other in combinations(self.values, 2):
            if one.valid_from == other.valid_from and _believed_together(one.beliefs, other.beliefs):
                raise ValueError(
                    f"two values of {self.rule} start on {one.valid_from} and are believed at the same time; "
                    "end the belief in the first (known: until) on the day the second becomes known"
                )
        return self


def _believed_together(ones: Iterable[Known], others: Iterable[Known]) -> bool:
    return any(
        one.valid_from < other.valid_until
        and other.valid_from < one.valid_until
        and (one.reading is None or other.reading is None or one.reading == other.reading)
        for one in ones
        for other in others
    )


class MoratoriumBelief(Known):
    """Who believed which effect of a moratorium, from when until when."""

    effect: MoratoriumEffect


class Moratorium(Sourced):
    """A decision moratorium: for a time no decisions on applications from one country (Vw 2000, art. 43).

    `extra_months` is the added term under the reading `extra_term`; `months` is how long it lasted, which is what the
    reading `suspension` adds. `group` names a part of a nationality: it counts only for a case of that group.
    """

    rule: str
    nl: str
    en: str
    types: tuple[str, ...]
    nationalities: tuple[str, ...] = Field(min_length=1)
    group: str | None = None
    valid_from: date = Field(alias="from")
    valid_until: date = Field(alias="until")
    lodged_before: date = date.max
    months: int
    extra_months: int
    known: tuple[MoratoriumBelief, ...] = Field(min_length=1)
    rulings: tuple[Ruling, ...] = ()
    published: date | None = None

    @cached_property
    def beliefs(self) -> tuple[MoratoriumBelief, ...]:
        """Who believed in which effect and when: as the file says, and for the courts as their rulings make of it."""
        return tuple(
            _after_rulings(
                self.known,
                self.rulings,
                lambda known, ruling: known.model_copy(update={"effect": ruling.effect}) if ruling.effect else None,
            )
        )

    def belief(self, known_on: date, reading: Reading) -> MoratoriumBelief | None:
        """Give the effect that is believed on a knowledge date under a reading, or none."""
        return next((known for known in self.beliefs if known.holds(known_on, reading)), None)

    def concerns(self, nationality: str | None, group: str | None) -> bool:
        """Whether it is about people of this nationality and, where it is about a group of them, of this group."""
        return nationality in self.nationalities and self.group in (None, group)


class Gap(Row):
    """Law that is known to have existed but whose dates or fate nobody here confirmed: never applied, always shown."""

    en: str
    nl: str
    types: tuple[str, ...]
    nationalities: tuple[str, ...] = ()
    lodged_from: date
    lodged_until: date
    source: str
    settled_by_nl: str | None = None
    settled_by_en: str | None = None

    def concerns(self, application_type: str, lodged_on: date, nationality: str | None) -> bool:
        """Whether a case could be touched by what is not known."""
        return (
            application_type in self.types
            and self.lodged_from <= lodged_on < self.lodged_until
            and (not self.nationalities or nationality in self.nationalities)
        )


class SuspensionGround(Sourced):
    """A ground on which the clock stands still (Awb 4:15)."""

    id: str
    nl: str
    en: str


class ForceMajeure(Sourced):
    """Days on which the administrative penalty does not run; both days included."""

    first_day: date
    last_day: date
    types: tuple[str, ...]


class TypeOfApplication(Row):
    """A kind of case that the rules speak about; its position in the file is its code in arrays.

    `asks` names the further days that make the answer better, `counts_nl` and `counts_en` say which day is asked first.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    nl: str
    en: str
    family: str
    asks: tuple[AskedDay, ...] = ()
    counts_nl: str = "de ontvangst van de aanvraag"
    counts_en: str = "receipt of the application"


class Group(Row):
    """A part of a nationality that a moratorium names and a passport does not tell."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    nationality: str
    nl: str
    en: str


class ResponsibilityGround(Row):
    """How it came about that the Netherlands is responsible for an asylum application (Dublin)."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    nl: str
    en: str
    article: str
    source: str


class Act(Row):
    """An act, treaty or regulation: how lawyers name it, and the address of its text.

    `{date}` and `{article}` in the address are filled with the day that counts for the case and the number.
    """

    id: str
    nl: str
    en: str
    address: str


class Instrument(Row):
    """A decree, ruling or other instrument: its Dutch name where it differs, and the address of its publication."""

    id: str
    nl: str
    address: str | None = None


class SetInMotion(Row):
    """A term that an event sets in motion, and who must keep it."""

    rule: str
    who: Literal["applicant", "authority", "court", "other_state", "both"]


class LifeEvent(Row):
    """Something that may happen in a case, with the terms that it sets in motion."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    nl: str
    en: str
    terms: tuple[SetInMotion, ...] = Field(min_length=1)
    decides: bool = False
    """Whether it is a decision on the application, which ends the decision period."""


class EquatedDay(Row):
    """A day that a royal decree equates with a holiday for the General Extension of Time-Limits Act (art. 3).

    One that is not `confirmed` counts as `closed` says, and is told where it makes a difference.
    """

    day: date
    source: str
    confirmed: bool = True
    closed: bool = True


class TemporaryAct(Sourced):
    """A dated rule on the remedy itself: whether the appeal is open, whether a court may attach a penalty."""

    rule: str
    nl: str
    en: str
    types: tuple[str, ...]
    concerns: Literal["late_decision_appeal", "judicial_penalty"]
    allowed: bool
    valid_from: date = Field(alias="from")
    valid_until: date = Field(default=date.max, alias="until")
    known: tuple[Known, ...] = Field(default=(Known(),), min_length=1)


class Weighted(Row):
    """One outcome of a distribution with its weight: the number of rulings seen."""

    value: float
    weight: float = Field(gt=0)


class PenaltyPractice(Row):
    """A court penalty as it was imposed: an amount per day to a maximum (eur), weighted by rulings seen."""

    per_day: float = Field(gt=0)
    maximum: float = Field(gt=0)
    weight: float = Field(gt=0)


class CourtTerm(Row):
    """Which new terms (weeks) courts gave in a phase, from a date of judgment on."""

    phase: str
    nl: str
    en: str
    valid_from: date = Field(alias="from")
    valid_until: date = Field(default=date.max, alias="until")
    weeks: tuple[Weighted, ...] = Field(min_length=1)
    rulings: tuple[str, ...] = Field(min_length=1)
    assumption: str


class CourtPenalty(Row):
    """Which penalties courts attached between two dates of judgment, for a first or a repeated appeal."""

    appeal: Literal["first", "repeat"]
    valid_from: date = Field(alias="from")
    valid_until: date = Field(default=date.max, alias="until")
    amounts: tuple[PenaltyPractice, ...] = Field(min_length=1)
    rulings: tuple[str, ...] = Field(min_length=1)
    assumption: str


class LawFile(Row):
    """What one file of the law may hold; every part is optional, so that a topic can have its own file."""

    edition: date | None = None
    types: tuple[TypeOfApplication, ...] = ()
    groups: tuple[Group, ...] = ()
    responsibility_grounds: tuple[ResponsibilityGround, ...] = ()
    acts: tuple[Act, ...] = ()
    instruments: tuple[Instrument, ...] = ()
    nationalities: tuple[str, ...] = ()
    events: tuple[LifeEvent, ...] = ()
    rules: tuple[LawRule, ...] = ()
    moratoria: tuple[Moratorium, ...] = ()
    gaps: tuple[Gap, ...] = ()
    suspension_grounds: tuple[SuspensionGround, ...] = ()
    force_majeure: tuple[ForceMajeure, ...] = ()
    equated_days: tuple[EquatedDay, ...] = ()
    temporary_acts: tuple[TemporaryAct, ...] = ()
    court_terms: tuple[CourtTerm, ...] = ()
    court_penalties: tuple[CourtPenalty, ...] = ()


@dataclass(frozen=True, eq=False)
class Law:
    """All rules together. Two laws are the same only when they are the same object, so that tables can be kept."""

    types: tuple[TypeOfApplication, ...]
    groups: tuple[Group, ...]
    responsibility_grounds: tuple[ResponsibilityGround, ...]
    acts: tuple[Act, ...]
    instruments: tuple[Instrument, ...]
    nationalities: tuple[str, ...]
    events: tuple[LifeEvent, ...]
    rules: tuple[LawRule, ...]
    moratoria: tuple[Moratorium, ...]
    gaps: tuple[Gap, ...]
    suspension_grounds: tuple[SuspensionGround, ...]
    force_majeure: tuple[ForceMajeure, ...]
    equated_days: tuple[EquatedDay, ...]
    temporary_acts: tuple[TemporaryAct, ...]
    court_terms: tuple[CourtTerm, ...]
    court_penalties: tuple[CourtPenalty, ...]
    edition: date | None = None
    digest: str = ""
    """SHA-256 of the files as they were read, with the amendments that hold."""
    amendments: tuple[Any, ...] = ()
    """What was added to the packaged law, as it was entered (see `keten.parameters.amendments`)."""

    @property
    def type_ids(self) -> tuple[str, ...]:
        """Application types in the order of their codes."""
        return tuple(row.id for row in self.types)

    def type_code(self, application_type: str) -> int:
        """Code of an application type in arrays."""
        self.check_type(application_type)
        return self.type_ids.index(application_type)

    def check_type(self, application_type: str) -> None:
        """Refuse an application type that no rule speaks about.

        Raises
        ------
        UsageError
            Naming the types that exist.
        """
        if application_type not in self.type_ids:
            problem = Problem(
                f"type {application_type!r}", "no such application type.", f"Choose one of {', '.join(self.type_ids)}."
            )
            raise UsageError("the application type", [problem])

    def of_kind(self, kind: str, application_type: str | None = None) -> Iterator[LawRule]:
        """Give the rules of a kind, for one application type where given."""
        return (
            rule
            for rule in self.rules
            if rule.kind == kind and (application_type is None or application_type in rule.types)
        )

    def rule(self, identifier: str) -> LawRule:
        """Look a rule up by its identifier.

        Raises
        ------
        UsageError
            When the law has no such rule.
        """
        found = next((rule for rule in self.rules if rule.rule == identifier), None)
        if found is None:
            names = ", ".join(rule.rule for rule in self.rules)
            raise UsageError("the rule", [Problem(identifier, "no such rule.", f"Choose one of {names}.")])
        return found

    def kind_of(self, identifier: str) -> str:
        """Kind of a rule by its identifier; empty for what is no rule, such as a moratorium or a suspension."""
        return next((rule.kind for rule in self.rules if rule.rule == identifier), "")

    def calendar_of(self, identifier: str, row: Sourced | None) -> TermCalendar:
        """Calendar of a value of a rule: its own, or that of the rule."""
        own = row.calendar if isinstance(row, LawValue) else None
        return own or self.rule(identifier).calendar

    def without(self, *instruments: str) -> Law:
        """Give the law as it would be without these instruments, for instance `WBV 2022/22`.

        Raises
        ------
        UsageError
            When no value comes from such an instrument.
        """
        present = {value.instrument for rule in self.rules for value in rule.values}
        present |= {moratorium.instrument for moratorium in self.moratoria}
        unknown = [
            Problem(name, "no rule comes from this instrument.", f"Choose from {', '.join(sorted(present))}.")
            for name in instruments
            if name not in present
        ]
        if unknown:
            raise UsageError("the instruments to leave out", unknown)
        rules = (_without_values(rule, lambda value: value.instrument in instruments) for rule in self.rules)
        moratoria = tuple(row for row in self.moratoria if row.instrument not in instruments)
        return replace(self, rules=tuple(rule for rule in rules if rule is not None), moratoria=moratoria)

    def with_value(self, rule_id: str, value: LawValue) -> Law:
        """Give the law with one value added to a rule: how a scenario changes a decision period."""
        old = self.rule(rule_id)
        new = LawRule.model_validate({**_fields(old), "values": (*old.values, value)})
        return replace(self, rules=tuple(new if rule is old else rule for rule in self.rules))


def _fields(row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in type(row).model_fields}


def _without_values(rule: LawRule, dropped: Callable[[LawValue], bool]) -> LawRule | None:
    kept = tuple(value for value in rule.values if not dropped(value))
    if len(kept) == len(rule.values):
        return rule
    return LawRule.model_validate({**_fields(rule), "values": kept}) if kept else None


@lru_cache(maxsize=8)
def load_law(folder: Path | None = None) -> Law:
    """Read the law from a folder of YAML files; without a folder, the packaged law of the Netherlands.

    Raises
    ------
    ParameterError
        With every problem of every file.
    """
    folder = FOLDER if folder is None else folder
    problems: list[Problem] = []
    files = [_read(path, problems) for path in sorted(folder.glob("*.yaml"))]
    if not files:
        problems.append(Problem(str(folder), "there is no law in this folder.", "Point at a folder with YAML files."))
    parts: dict[str, Any] = {
        name: tuple(row for file in files if file is not None for row in getattr(file, name))
        for name in LawFile.model_fields
        if name != "edition"
    }
    editions = [file.edition for file in files if file is not None and file.edition is not None]
    law = Law(**parts, edition=max(editions, default=None), digest=digest_of(folder))
    problems += inconsistencies(law)
    if problems:
        raise ParameterError(f"the law in {folder.name}", problems)
    return law


def digest_of(folder: Path) -> str:
    """Hash the files of a law, names and bytes, so that an answer can say by which text it was worked out."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.yaml")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _read(path: Path, problems: list[Problem]) -> LawFile | None:
    try:
        content: Mapping[str, object] = parse_yaml(path.read_text(encoding="utf-8")) or {}
        return LawFile.model_validate(content)
    except yaml.YAMLError as error:
        problems.append(Problem(path.name, f"is not YAML: {error}.", "Correct the indentation or the quotes."))
    except ValidationError as error:
        problems.extend(
            Problem(
                f"{path.name}: {'.'.join(str(part) for part in detail['loc'])}",
                f"{detail['msg']}.",
                "Correct this field of the law.",
            )
            for detail in error.errors()
        )
    return None


def inconsistencies(law: Law) -> Iterator[Problem]:
    """Find what the parts of a law say about one another and is not so: a kind that is not there, a rule said twice."""
    known_types = set(law.type_ids)
    named = [(rule.rule, rule.types) for rule in law.rules]
    named += [(moratorium.rule, moratorium.types) for moratorium in law.moratoria]
    named += [(act.rule, act.types) for act in law.temporary_acts]
    for name, types in named:
        for unknown in sorted(set(types) - known_types):
            yield Problem(name, f"speaks about the application type {unknown}, which does not exist.", "Add the type.")
    identifiers = [rule.rule for rule in law.rules]
    for name in sorted({name for name in identifiers if identifiers.count(name) > 1}):
        yield Problem(name, "two rules have this name.", "Give each rule its own name.")
    for rule in law.rules:
        for name in sorted(set(rule.succeeded_by) - set(identifiers)):
            yield Problem(rule.rule, f"is succeeded by {name}, which does not exist.", "Name a rule that exists.")
    for event in law.events:
        for part in event.terms:
            if part.rule not in identifiers:
                yield Problem(
                    event.id, f"sets {part.rule} in motion, which does not exist.", "Name a term that exists."
                )
    for kind in ("decision_period", "ceiling"):
        yield from _spoken_twice(law, kind)
    yield from _uncountable(law)


def _spoken_twice(law: Law, kind: str) -> Iterator[Problem]:
    for application_type in law.type_ids:
        names = [rule.rule for rule in law.of_kind(kind, application_type)]
        if len(names) > 1:
            yield Problem(
                application_type, f"has more than one {kind}: {', '.join(names)}.", "Make them values of one rule."
            )


def _uncountable(law: Law) -> Iterator[Problem]:
    """Give terms that cannot be counted in one step: days may not be added after months."""
    for rule in law.of_kind("extension"):
        for application_type in rule.types:
            bases = [base.unit for base in law.of_kind("decision_period", application_type)]
            if rule.unit != Unit.MONTHS and Unit.MONTHS in bases:
                yield Problem(
                    rule.rule,
                    f"adds {rule.unit} to a period in months ({application_type}).",
                    "Express the extension in months: days after months have no defined order.",
                )
