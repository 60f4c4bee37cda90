# SPDX-License-Identifier: EUPL-1.2
"""The law as it would be if one open question were answered otherwise, or if another ruling were followed.

Variants are made for one row of the law at a time and are kept, so that asking again costs nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache

from keten.parameters.law import Doubt, Known, Law, LawRule, LawValue, Moratorium, Ruling, changed


def value_if(law: Law, rule: LawRule, value: LawValue, doubt: Doubt) -> Law:
    """Give the law in which the boundary of a value lies where the doubt says, or in which the value is absent."""
    return _value_if(law, rule.rule, rule.values.index(value), value.doubts.index(doubt))


@lru_cache(maxsize=256)
def _value_if(law: Law, rule_id: str, position: int, number: int) -> Law:
    rule = law.rule(rule_id)
    value, doubt = rule.values[position], rule.values[position].doubts[number]
    begins, ends = doubt.valid_from or value.valid_from, doubt.valid_until or value.valid_until
    values = []
    for other in rule.values:
        if other is value:
            if not doubt.absent:
                values.append(
                    changed(
                        value,
                        valid_from=begins,
                        valid_until=ends,
                        known=_known_by(value.known, begins),
                        calendar=doubt.calendar or value.calendar,
                    )
                )
        elif other.valid_until == value.valid_from:
            values.append(changed(other, valid_until=begins))
        else:
            values.append(other)
    return _with_values(law, rule, tuple(values))


def _with_values(law: Law, rule: LawRule, values: tuple[LawValue, ...]) -> Law:
    other = rule.model_copy(update={"values": values})
    return replace(law, rules=tuple(other if each is rule else each for each in law.rules))


def _known_by(known: tuple[Known, ...], begins: date) -> tuple[Known, ...]:
    """Let a value that may have begun earlier be known as early."""
    return tuple(each.model_copy(update={"valid_from": min(each.valid_from, begins)}) for each in known)


def moratorium_if(law: Law, moratorium: Moratorium, doubt: Doubt) -> Law:
    """Give the law in which a moratorium has the other boundary of a doubt, or in which it is absent."""
    return _moratorium_if(law, law.moratoria.index(moratorium), moratorium.doubts.index(doubt))


@lru_cache(maxsize=256)
def _moratorium_if(law: Law, position: int, number: int) -> Law:
    row = law.moratoria[position]
    doubt = row.doubts[number]
    other = changed(
        row, valid_from=doubt.valid_from or row.valid_from, valid_until=doubt.valid_until or row.valid_until
    )
    kept = (other if each is row else each for each in law.moratoria if each is not row or not doubt.absent)
    return replace(law, moratoria=tuple(kept))


@lru_cache(maxsize=256)
def value_as_ruled(law: Law, rule_id: str, position: int, number: int) -> Law:
    """Give the law in which courts follow one ruling about a value, whatever others said."""
    rule = law.rule(rule_id)
    value = rule.values[position]
    alone = changed(value, rulings=(value.rulings[number],))
    return _with_values(law, rule, tuple(alone if each is value else each for each in rule.values))


@lru_cache(maxsize=256)
def moratoria_as_ruled(law: Law, ruling: Ruling) -> Law:
    """Give the law in which courts follow one ruling about every moratorium that it speaks of."""
    rows = (changed(row, rulings=(ruling,)) if ruling in row.rulings else row for row in law.moratoria)
    return replace(law, moratoria=tuple(rows))
