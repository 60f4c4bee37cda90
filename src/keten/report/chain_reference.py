# SPDX-License-Identifier: EUPL-1.2
"""The chain tables as a page to read: every stage, route, resource and number, with its source or its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from keten.domain.words import CoreProcess
from keten.parameters.chain import Chain
from keten.parameters.values import Quantity

HEAD = """<!-- SPDX-License-Identifier: EUPL-1.2 -->
<!-- Generated with `keten chain reference`; do not edit. -->
# The chain

![The asylum chain from arrival to outcome](chain.svg)

(In Dutch: [chain.nl.svg](chain.nl.svg).) The chain is data: the tables stand in `src/keten/parameters/chain/`, one file
per table. `keten chain check FOLDER` says whether tables fit together, `keten chain show routes` prints one of them.

A case arrives at the stage where its class enters. In a **work** stage it waits until a resource has hours for it, in
a **wait** stage time passes, an **exit** ends its way. From a stage it takes one of the routes that hold for its class;
the shares of those routes add up to one. A number has a source, or it is an *assumption* with its reason.
"""

Section = Callable[[Chain], Iterator[str]]


def chain_reference(chain: Chain) -> str:
    """Write the page about the chain in Markdown."""
    return "\n".join([HEAD, *(line for section in SECTIONS for line in section(chain))])


def validity(quantity: Quantity) -> str:
    """Say when a value holds: empty for always."""
    since = f"from {quantity.valid_from} " if quantity.valid_from > date.min else ""
    until = f"until {quantity.valid_until}" if quantity.valid_until < date.max else ""
    return f"{since}{until}".strip()


def amount(quantity: Quantity) -> str:
    """Write a value or a range without its unit."""
    if quantity.value is not None:
        return f"{quantity.value:g}"
    return f"{quantity.low:g}-{quantity.mode:g}-{quantity.high:g}"


def origin(quantity: Quantity) -> str:
    """Say where a value comes from."""
    note = f" ({quantity.note})" if quantity.note else ""
    return (f"{quantity.source}" if quantity.source else f"*assumption:* {quantity.assumption}") + note


def _values(quantities: Sequence[Quantity] | None) -> str:
    return "; ".join(f"{amount(row)} {row.unit} {validity(row)}".strip() for row in quantities or ())


def _origins(quantities: Iterable[Quantity]) -> str:
    return " / ".join(dict.fromkeys(origin(row) for row in quantities))


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield "| " + " | ".join(header) + " |"
    yield "|" + " --- |" * len(header)
    for row in rows:
        yield "| " + " | ".join(str(cell or "").replace("|", "\\|") for cell in row) + " |"
    yield ""


def _how_sure(chain: Chain) -> Iterator[str]:
    quantities = list(quantities_of(chain))
    sourced = sum(1 for quantity in quantities if quantity.source)
    yield "## How sure this is\n"
    yield (
        f"Of the {len(quantities)} numbers in the tables {sourced} are published and {len(quantities) - sourced} are "
        "assumptions. Production norms, hours and shares per stage are not public; what was published fixes stocks, "
        "inflow, departures and some rates, and the assumptions are chosen to reproduce those. Whoever has the real "
        "number replaces the assumption in the table.\n"
    )


def _partners(chain: Chain) -> Iterator[str]:
    yield "## Partners and how they are steered\n"
    header = ("partner", "name", "from", "until", "relation", "responsible", "role", "source")
    yield from _table(
        header,
        (
            (
                partner.id,
                f"{partner.en} ({partner.nl})",
                relation.valid_from,
                relation.valid_until if relation.valid_until < date.max else "",
                relation.relation.replace("_", " "),
                relation.responsible,
                relation.role_en,
                relation.source + (f" ({relation.note})" if relation.note else ""),
            )
            for partner in chain.partners
            for relation in partner.relations
        ),
    )


def _stages(chain: Chain) -> Iterator[str]:
    yield "## Stages\n"
    for core_process in CoreProcess:
        yield f"### {core_process.value.capitalize()}\n"
        header = ("stage", "name", "partner", "kind", "delay", "no-show", "reception", "source, reason or note")
        yield from _table(
            header,
            (
                (
                    stage.id,
                    f"{stage.en} ({stage.nl})",
                    stage.partner,
                    f"{stage.kind.value}{', undecided' if stage.undecided else ''}",
                    _values(stage.delay),
                    _values(stage.no_show),
                    f"{stage.reception.group} {amount(stage.reception.share)}" if stage.reception else "",
                    " / ".join(
                        part
                        for part in (
                            stage.source,
                            stage.note,
                            _origins((*(stage.delay or ()), *(stage.no_show or ()))),
                            origin(stage.reception.share) if stage.reception else "",
                        )
                        if part
                    ),
                )
                for stage in chain.stages
                if stage.core_process is core_process
            ),
        )


def _case_classes(chain: Chain) -> Iterator[str]:
    yield "## Case classes\n"
    entries = {entry.case_class: entry.stage for entry in chain.entries}
    yield from _table(
        ("case class", "name", "type", "track", "nationalities", "prospects", "enters at", "policy or note"),
        (
            (
                row.id,
                f"{row.en} ({row.nl})",
                row.application_type.value if row.application_type else "",
                row.track.value if row.track else "",
                ", ".join(row.nationalities),
                row.prospects.value.lower(),
                entries.get(row.id),
                row.policy or row.note,
            )
            for row in chain.case_classes
        ),
    )


def _routes(chain: Chain) -> Iterator[str]:
    yield "## Routes\n"
    yield from _table(
        ("from", "case classes", "to", "outcome", "share", "source or reason"),
        (
            (
                route.stage,
                ", ".join(f"`{pattern}`" for pattern in route.case_classes),
                route.to + (f" (becomes {route.becomes})" if route.becomes else ""),
                route.outcome.value.replace("_", " "),
                "; ".join(f"{amount(part)} {validity(part)}".strip() for part in route.share),
                _origins(route.share),
            )
            for route in chain.routes
        ),
    )


def _resources(chain: Chain) -> Iterator[str]:
    yield "## Resources\n"
    yield from _table(
        ("resource", "name", "partner", "available", "source or reason"),
        (
            (row.id, f"{row.en} ({row.nl})", row.partner, _values(row.capacity), _origins(row.capacity))
            for row in chain.resources
        ),
    )
    yield "### Effort of one case\n"
    yield from _table(
        ("resource", "stage", "case classes", "effort", "source or reason"),
        (
            (
                row.resource,
                row.stage,
                ", ".join(f"`{pattern}`" for pattern in row.case_classes),
                _values(row.effort),
                _origins(row.effort),
            )
            for row in chain.services
        ),
    )


def _handover_points(chain: Chain) -> Iterator[str]:
    yield "## Handover points\n"
    yield from _table(
        ("handover point", "name", "from", "to", "norm", "source, reason or note"),
        (
            (
                point.id,
                f"{point.en} ({point.nl})",
                f"{point.from_partner}: {', '.join(point.from_stages)}",
                f"{point.to_partner}: {', '.join(point.to_stages)}",
                f"{amount(point.norm)} {point.norm.unit} {validity(point.norm)}".strip() if point.norm else "",
                " / ".join(part for part in (origin(point.norm) if point.norm else "", point.note or "") if part),
            )
            for point in chain.handover_points
        ),
    )


def quantities_of(chain: Chain) -> Iterator[Quantity]:
    """Every number in the tables."""
    for stage in chain.stages:
        yield from (stage.delay or ()) + (stage.no_show or ())
        if stage.reception:
            yield stage.reception.share
    for resource in chain.resources:
        yield from resource.capacity
    for service in chain.services:
        yield from service.effort
    for route in chain.routes:
        yield from route.share
    for point in chain.handover_points:
        if point.norm:
            yield point.norm


SECTIONS: tuple[Section, ...] = (
    _how_sure,
    _partners,
    _stages,
    _case_classes,
    _routes,
    _resources,
    _handover_points,
)
"""Parts of the page, in order."""
