# SPDX-License-Identifier: EUPL-1.2
"""Law that is added to the packaged law: who entered it, who read it a second time, from where, and how it is undone.

An amendment is one YAML file in the form of the packaged law, that begins with `amendment:`. A row that is there
already is named by its identifier and gives only what differs: a value of a rule is added, or takes the place of the
one with its instrument and first day; a ruling is added to what it is about. Nothing is ever removed: undoing is a
later amendment that takes an earlier one back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from keten.domain.errors import ParameterError, Problem, UsageError
from keten.domain.yaml_text import parse_yaml
from keten.parameters.law import (
    Law,
    LawFile,
    LawRule,
    LawValue,
    Moratorium,
    Ruling,
    inconsistencies,
    load_law,
)
from keten.parameters.values import Row

_NAMED_BY = {
    "types": "id", "groups": "id", "responsibility_grounds": "id", "acts": "id", "instruments": "id", "events": "id",
    "moratoria": "rule", "suspension_grounds": "id", "equated_days": "day", "temporary_acts": "rule",
}  # fmt: skip
"""Parts of the law whose rows have a name; a row with a name that is there takes its place."""
_LONGEST = 400_000
"""Characters of a file that is believed."""


class Amendment(Row):
    """Who entered law, who read it a second time, where it stands, and what it takes back."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{2,79}$")
    nl: str = Field(min_length=3)
    en: str = Field(min_length=3)
    author: str = Field(min_length=2)
    second_reader: str = Field(min_length=2)
    source: str = Field(pattern=r"^https?://\S+$")
    entered_on: date
    takes_back: str | None = None

    @model_validator(mode="after")
    def _read_by_another(self) -> Self:
        if self.author.strip().casefold() == self.second_reader.strip().casefold():
            raise ValueError("the second reader is the author; let somebody else read it against the source")
        return self


class AddedRuling(Ruling):
    """A ruling about a value of a rule (`rule`, its instrument and first day) or about a moratorium."""

    rule: str
    instrument: str | None = None
    valid_from: date | None = Field(default=None, alias="from")


class AmendmentFile(LawFile):
    """What a file of an amendment may hold: that of the law, rulings about what is there, and who entered it."""

    amendment: Amendment
    rulings: tuple[AddedRuling, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        parts = any(getattr(self, name) for name in type(self).model_fields if name not in {"amendment", "edition"})
        if self.edition is not None:
            raise ValueError("edition belongs to the packaged law; leave it out")
        if parts and self.amendment.takes_back:
            raise ValueError("taking back is a file of its own; enter other law in another file")
        if not parts and not self.amendment.takes_back:
            raise ValueError("there is no law in it; add rules, rulings, moratoria or kinds of case")
        return self


@dataclass(frozen=True)
class Entered:
    """An amendment with its text, as it was entered, and whether it holds or was taken back."""

    name: str
    text: str
    amendment: Amendment
    holds: bool = True


def is_amendment(path: Path) -> bool:
    """Whether a file begins as an amendment."""
    return any(line.startswith("amendment:") for line in path.read_text(encoding="utf-8").splitlines())


def law_from(folder: Path | None = None) -> Law:
    """Read the law: the packaged one, with the amendments of a folder; or a folder that holds a whole law.

    Raises
    ------
    ParameterError
        With every problem of every file.
    """
    if folder is None:
        return load_law()
    files = sorted(folder.glob("*.yaml"))
    added = [path for path in files if is_amendment(path)]
    if not added:
        return load_law(folder)
    if strangers := [path.name for path in files if path not in added]:
        what = "is no amendment, while other files of the folder are."
        remedy = "Begin it with amendment: (who, second reader, source), or keep a whole law in a folder of its own."
        raise ParameterError(f"the law in {folder.name}", [Problem(name, what, remedy) for name in strangers])
    return amended(load_law(), [(path.name, path.read_text(encoding="utf-8")) for path in added])


def amended(law: Law, texts: Sequence[tuple[str, str]]) -> Law:
    """Give the law with amendments, in the order in which they were entered; each is a name and its text.

    Raises
    ------
    ParameterError
        With every problem: of the form, of what is named and is not there, of values that compete.
    """
    return _amended(law, tuple(texts))


@lru_cache(maxsize=32)
def _amended(law: Law, texts: tuple[tuple[str, str], ...]) -> Law:
    problems: list[Problem] = []
    read = [(name, text, found) for name, text in texts if (found := _read(name, text, law, texts, problems))]
    read.sort(key=lambda row: (row[2].amendment.entered_on, row[2].amendment.takes_back is not None, row[0]))
    problems += _misnamed([file.amendment for _, _, file in read])
    entered = _with_fate([Entered(name, text, file.amendment) for name, text, file in read])
    result = law
    for one, (name, _, file) in zip(entered, read, strict=True):
        if one.holds:
            result = _merge(result, file, name, problems)
    if not problems:
        problems += inconsistencies(result)
    if problems:
        raise ParameterError("the amendments of the law", problems)
    return replace(result, digest=_digest(law, entered), amendments=tuple(entered))


def law_until(law: Law, last: Entered) -> Law:
    """Give the law as it was when an amendment had just been entered."""
    number = law.amendments.index(last) + 1
    return amended(load_law(), [(one.name, one.text) for one in law.amendments[:number]])


def undoing(identifier: str, *, author: str, second_reader: str, source: str, on: date, law: Law) -> str:
    """Write the file that takes an amendment back.

    Raises
    ------
    UsageError
        When there is no such amendment, or it was taken back already.
    """
    found = [one for one in law.amendments if one.amendment.id == identifier]
    if not found or not found[0].holds:
        known = ", ".join(one.amendment.id for one in law.amendments if one.holds) or "none"
        what = "was taken back already." if found else "is no amendment of this law."
        raise UsageError("the amendment", [Problem(identifier, what, f"Choose one that holds: {known}.")])
    what = found[0].amendment
    number = 1 + sum(one.amendment.id.startswith(f"{identifier}-back") for one in law.amendments)
    content = {
        "amendment": {
            "id": f"{identifier}-back-{number}", "nl": f"teruggenomen: {what.nl}", "en": f"taken back: {what.en}",
            "author": author, "second_reader": second_reader, "source": source, "entered_on": on,
            "takes_back": identifier,
        }
    }  # fmt: skip
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)


def _digest(law: Law, entered: Iterable[Entered]) -> str:
    """Hash the law with what holds of the amendments; the law alone again when all of them were taken back."""
    holding = [one for one in entered if one.holds and not one.amendment.takes_back]
    if not holding:
        return law.digest
    digest = hashlib.sha256(law.digest.encode())
    for one in holding:
        digest.update(b"\0" + one.text.encode())
    return digest.hexdigest()


def _with_fate(entered: list[Entered]) -> list[Entered]:
    """Say of each amendment whether it holds: the last word counts, also about a taking back."""
    back: set[str] = set()
    found = []
    for one in reversed(entered):
        holds = one.amendment.id not in back
        if holds and one.amendment.takes_back:
            back.add(one.amendment.takes_back)
        found.append(replace(one, holds=holds))
    return found[::-1]


def _misnamed(amendments: list[Amendment]) -> Iterator[Problem]:
    seen: set[str] = set()
    for one in amendments:
        if one.id in seen:
            yield Problem(one.id, "two amendments have this name.", "Give each its own.")
        if one.takes_back and one.takes_back not in seen:
            known = ", ".join(sorted(seen)) or "none"
            what = f"takes back {one.takes_back}, which was not entered before it."
            yield Problem(one.id, what, f"Name an earlier amendment ({known}).")
        seen.add(one.id)


def _read(
    name: str, text: str, law: Law, texts: Sequence[tuple[str, str]], problems: list[Problem]
) -> AmendmentFile | None:
    if len(text) > _LONGEST:
        problems.append(Problem(name, f"is longer than {_LONGEST:,} characters.", "Enter it in parts."))
        return None
    try:
        content = parse_yaml(text)
    except yaml.YAMLError as error:
        problems.append(Problem(name, f"is not YAML: {error}.", "Correct the indentation or the quotes."))
        return None
    if not isinstance(content, dict) or "amendment" not in content:
        remedy = "Begin with amendment: (id, nl, en, author, second_reader, source, entered_on)."
        problems.append(Problem(name, "does not say who entered it.", remedy))
        return None
    try:
        return AmendmentFile.model_validate(_in_full(content, law, texts))
    except ValidationError as error:
        problems.extend(
            Problem(f"{name}: {_place(detail['loc'])}", f"{detail['msg']}.", "Correct this field of the law.")
            for detail in error.errors()
        )
    return None


def _place(where: Sequence[object]) -> str:
    return ".".join(str(part) for part in where)


def _in_full(content: Mapping[str, Any], law: Law, texts: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Fill in what a row that is there does not say again: the heading of a rule, the fields of a moratorium."""
    filled: dict[str, Any] = dict(content)
    headings = {rule.rule: _heading(rule) for rule in law.rules} | _headings_in(texts)
    if isinstance(content.get("rules"), list):
        filled["rules"] = [
            {**headings.get(str(row.get("rule")), {}), **row} if isinstance(row, dict) else row
            for row in content["rules"]
        ]
    there = {row.rule: _fields(row) for row in law.moratoria}
    if isinstance(content.get("moratoria"), list):
        filled["moratoria"] = [
            {**there.get(str(row.get("rule")), {}), **row} if isinstance(row, dict) else row
            for row in content["moratoria"]
        ]
    return filled


def _headings_in(texts: Sequence[tuple[str, str]]) -> dict[str, dict[str, Any]]:
    """Give the headings of rules that other amendments bring, so that a later one can add to them."""
    found: dict[str, dict[str, Any]] = {}
    for _, text in texts:
        try:
            content = parse_yaml(text)
        except yaml.YAMLError:
            continue
        rows = content.get("rules") if isinstance(content, dict) else None
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, dict) and {"rule", "kind", "unit"} <= row.keys():
                found[row["rule"]] = {name: value for name, value in row.items() if name != "values"}
    return found


def _heading(rule: LawRule) -> dict[str, Any]:
    return {name: value for name, value in rule.model_dump(exclude_defaults=True).items() if name != "values"}


def _fields(row: Moratorium) -> dict[str, Any]:
    return row.model_dump(by_alias=True, exclude_defaults=True)


def _merge(law: Law, file: AmendmentFile, name: str, problems: list[Problem]) -> Law:
    """Add what a file says to the law."""
    parts: dict[str, Any] = {}
    for part in LawFile.model_fields:
        added = getattr(file, part)
        if part == "edition" or not added:
            continue
        parts[part] = tuple(_rules(law.rules, added, name, problems)) if part == "rules" else _rows(law, part, added)
    with_rows = replace(law, **parts)
    return _ruled(with_rows, file.rulings, name, problems) if file.rulings else with_rows


def _rows(law: Law, part: str, added: Sequence[Any]) -> tuple[Any, ...]:
    key = _NAMED_BY.get(part)
    if key is None:
        return (*getattr(law, part), *added)
    there = {getattr(row, key): row for row in getattr(law, part)}
    there.update({getattr(row, key): row for row in added})
    return tuple(there.values())


def _rules(there: Sequence[LawRule], added: Sequence[LawRule], name: str, problems: list[Problem]) -> Iterator[LawRule]:
    more = {rule.rule: rule for rule in added}
    for rule in there:
        new = more.pop(rule.rule, None)
        if new is None:
            yield rule
        elif (new.kind, new.unit) != (rule.kind, rule.unit):
            what = f"is a {rule.kind} in {rule.unit}, and the amendment calls it a {new.kind} in {new.unit}."
            problems.append(Problem(f"{name}: {rule.rule}", what, "Leave kind and unit out, or name a new rule."))
            yield rule
        else:
            kept = {(value.instrument, value.valid_from): value for value in rule.values}
            kept.update({(value.instrument, value.valid_from): value for value in new.values})
            types = tuple(dict.fromkeys((*rule.types, *new.types)))
            yield from _valid_rule(rule, new, types, tuple(kept.values()), name, problems)
    yield from more.values()


def _valid_rule(
    rule: LawRule,
    new: LawRule,
    types: tuple[str, ...],
    values: tuple[LawValue, ...],
    name: str,
    problems: list[Problem],
) -> Iterator[LawRule]:
    fields = {key: getattr(new, key) for key in LawRule.model_fields}
    try:
        yield LawRule.model_validate({**fields, "types": types, "values": values})
    except ValidationError as error:
        for detail in error.errors():
            remedy = "End the belief in the one that is there (the same instrument and from, with known: until)."
            problems.append(Problem(f"{name}: {rule.rule}", f"{detail['msg']}.", remedy))
        yield rule


def _ruled(law: Law, rulings: Sequence[AddedRuling], name: str, problems: list[Problem]) -> Law:
    rules, moratoria = {rule.rule: rule for rule in law.rules}, {row.rule: row for row in law.moratoria}
    for added in rulings:
        where = f"{name}: {added.ecli}"
        plain = Ruling(**{key: getattr(added, key) for key in Ruling.model_fields})
        if added.rule in moratoria:
            row = moratoria[added.rule]
            if added.holds is not None:
                problems.append(Problem(where, "says `holds` of a moratorium.", "Say which `effect` it has."))
            moratoria[added.rule] = Moratorium.model_validate(
                {**{key: getattr(row, key) for key in Moratorium.model_fields}, "rulings": (*row.rulings, plain)}
            )
        elif added.rule in rules:
            rules[added.rule] = _value_ruled(rules[added.rule], added, plain, where, problems)
        else:
            remedy = "Name a rule or a moratorium (`keten term --list`, `keten law changes`)."
            problems.append(Problem(where, f"is about {added.rule}, which does not exist.", remedy))
    return replace(law, rules=tuple(rules.values()), moratoria=tuple(moratoria.values()))


def _value_ruled(rule: LawRule, added: AddedRuling, plain: Ruling, where: str, problems: list[Problem]) -> LawRule:
    if added.holds is None or added.effect is not None:
        problems.append(Problem(where, "does not say whether the value holds.", "Write holds: true or false."))
        return rule
    found = [
        value
        for value in rule.values
        if added.instrument in (None, value.instrument) and added.valid_from in (None, value.valid_from)
    ]
    if not found:
        known = "; ".join(f"{value.instrument} from {value.valid_from}" for value in rule.values)
        problems.append(Problem(where, f"names no value of {rule.rule}.", f"Choose from {known}."))
        return rule
    if len({value.instrument for value in found}) > 1:
        known = "; ".join(dict.fromkeys(value.instrument for value in found))
        problems.append(Problem(where, f"could be about several values of {rule.rule}.", f"Add instrument: {known}."))
        return rule
    values = tuple(
        LawValue.model_validate(
            {**{key: getattr(value, key) for key in LawValue.model_fields}, "rulings": (*value.rulings, plain)}
        )
        if value in found
        else value
        for value in rule.values
    )
    return LawRule.model_validate({**{key: getattr(rule, key) for key in LawRule.model_fields}, "values": values})
