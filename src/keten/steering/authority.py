# SPDX-License-Identifier: EUPL-1.2
"""Nobody is boss of all: the steering relation of a partner decides who must consent to what.

The relations through time stand with the partners in the chain tables; what follows from a relation stands in
`authority.yaml`, each row with its source or the reason it was assumed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Self, get_args

from pydantic import model_validator

from keten.domain.errors import UsageError
from keten.parameters.chain import Chain, SteeringRelation
from keten.parameters.reading import read_parameters
from keten.parameters.values import Row
from keten.steering.problems import NO_DIRECTOR, NO_PARTNER, NO_RELATION, THE_QUESTION

PACKAGED = Path(__file__).with_name("authority.yaml")

RELATIONS: frozenset[str] = frozenset(get_args(SteeringRelation.model_fields["relation"].annotation))
"""Every steering relation that the chain tables know."""


class Matter(StrEnum):
    """What consent is asked for."""

    POLICY_FRAMEWORK = "policy_framework"
    ANNUAL_PLAN = "annual_plan"
    PRODUCTION_AGREEMENT = "production_agreement"
    PERFORMANCE_AGREEMENT = "performance_agreement"
    BUDGET = "budget"
    INSTRUCTION = "instruction"


class Role(StrEnum):
    """Who consents, in terms of the relation."""

    PARTNER = "partner"
    CHAIN_MINISTER = "chain_minister"
    RESPONSIBLE_MINISTER = "responsible_minister"


class Consent(Row):
    """Who must all consent; nobody in the chain may decide it when the list is empty."""

    approvers: tuple[Role, ...]
    source: str | None = None
    assumption: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _says_where_from(self) -> Self:
        if bool(self.source) == bool(self.assumption):
            raise ValueError("a rule has a source or an assumption, never both and never neither")
        return self


class AuthorityRules(Row):
    """Per steering relation and matter: who must consent."""

    relations: dict[str, dict[Matter, Consent]]

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        lacking = [f"relation {name} is missing" for name in sorted(RELATIONS - self.relations.keys())]
        lacking += [f"relation {name} does not exist" for name in sorted(self.relations.keys() - RELATIONS)]
        lacking += [
            f"{name} does not say who consents to {matter}"
            for name, rules in self.relations.items()
            for matter in Matter
            if matter not in rules
        ]
        if lacking:
            raise ValueError("; ".join(lacking))
        return self


@dataclass(frozen=True)
class Approver:
    """Who must consent: a partner by its identifier, or a minister by title."""

    role: Role
    name: str


@dataclass(frozen=True)
class RequiredConsent:
    """Who must consent to a matter of a partner on a day, and where that is written.

    `relation` is the steering relation it follows from; `because` its source, or the reason it was assumed.
    """

    partner: str
    matter: Matter
    relation: str
    approvers: tuple[Approver, ...]
    because: str
    is_assumed: bool

    @property
    def may_be_decided(self) -> bool:
        """False when nobody in the chain may decide this, for instance how a court judges."""
        return bool(self.approvers)


@cache
def load_authority(path: Path = PACKAGED) -> AuthorityRules:
    """Read who must consent to what.

    Raises
    ------
    ParameterError
        With every problem of the file.
    """
    rules: AuthorityRules = read_parameters(path, AuthorityRules)
    return rules


def relation_on(chain: Chain, partner: str, on: date) -> SteeringRelation:
    """Find the steering relation of a partner on a day.

    Raises
    ------
    UsageError
        When the partner does not exist, or no relation is recorded for that day.
    """
    known = {row.id: row for row in chain.partners}
    if partner not in known:
        raise UsageError(THE_QUESTION, [NO_PARTNER.at(partner, known=", ".join(known))])
    for relation in known[partner].relations:
        if relation.valid_from <= on < relation.valid_until:
            return relation
    raise UsageError(
        THE_QUESTION,
        [NO_RELATION.at(partner, on=on)],
    )


def chain_minister(chain: Chain, on: date) -> str:
    """Give the minister who answers for the chain on a day: the one under whom the directing ministry falls.

    Raises
    ------
    UsageError
        When no partner directs the chain on that day.
    """
    for partner in chain.partners:
        for relation in partner.relations:
            if relation.relation == "director" and relation.valid_from <= on < relation.valid_until:
                return relation.responsible
    raise UsageError(
        THE_QUESTION,
        [NO_DIRECTOR.at(str(on))],
    )


def required_consent(
    chain: Chain, partner: str, matter: Matter, *, on: date, rules: AuthorityRules | None = None
) -> RequiredConsent:
    """Say who must consent to a matter that concerns a partner.

    Raises
    ------
    UsageError
        When the partner, its relation or the minister of the chain is not known on that day.
    """
    relation = relation_on(chain, partner, on)
    rule = (rules or load_authority()).relations[relation.relation][matter]
    names = {
        Role.PARTNER: lambda: partner,
        Role.CHAIN_MINISTER: lambda: chain_minister(chain, on),
        Role.RESPONSIBLE_MINISTER: lambda: relation.responsible,
    }
    approvers = tuple(Approver(role, names[role]()) for role in rule.approvers)
    return RequiredConsent(
        partner, matter, relation.relation, _each_once(approvers), rule.source or rule.assumption or "", not rule.source
    )


def consent_of_all(
    chain: Chain, partners: Iterable[str], matter: Matter, *, on: date, rules: AuthorityRules | None = None
) -> tuple[Approver, ...]:
    """Give everybody who must consent to a matter of several partners, each once, in the order of the partners."""
    return _each_once(
        approver
        for partner in partners
        for approver in required_consent(chain, partner, matter, on=on, rules=rules).approvers
    )


def still_missing(required: Iterable[Approver], given: Iterable[str]) -> tuple[Approver, ...]:
    """Give who has not consented yet; `given` holds the names of those who have."""
    names = set(given)
    return tuple(approver for approver in required if approver.name not in names)


def _each_once(approvers: Iterable[Approver]) -> tuple[Approver, ...]:
    return tuple({approver.name: approver for approver in approvers}.values())
