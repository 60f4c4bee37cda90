# SPDX-License-Identifier: EUPL-1.2
"""What is sent and answered, made from the fields of a kind: one declaration, no second list of names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import override
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, create_model
from pydantic.alias_generators import to_camel, to_pascal

from keten.indicators.disclosure import NotShown
from keten_web.record import values as values_of
from keten_web.record.fields import LinesField, SeriesField
from keten_web.record.kinds import Kind
from keten_web.record.models import Record
from keten_web.record.queries import by_code

SAFE_TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\u202a-\u202e\u2066-\u2069]*$"
"""What `keten.domain.clean_text` keeps, as a pattern: no control characters and no marks that turn the direction."""
CODE = r"^[-a-zA-Z0-9_]{1,80}$"
WITHDRAW = "intrekken"
LONGEST_REASON = 1000
LONGEST_TEXT = 20_000

Code = Annotated[str, Field(pattern=CODE)]
Line = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[^\x00-\x08\x0a-\x1f\x7f-\x9f]+$")]
Text = Annotated[str, Field(max_length=LONGEST_TEXT, pattern=SAFE_TEXT)]
Reason = Annotated[str, Field(max_length=LONGEST_REASON, pattern=SAFE_TEXT)]


def _whole(value: object) -> object:
    """Read 3.0 as 3, as JSON does."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _day(value: object) -> object:
    """Read a day from its text only; a number is no day."""
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise ValueError("write a day as 2023-04-30")
    if isinstance(value, int | float):
        raise ValueError("write a day as 2023-04-30")
    return value


Day = Annotated[date, BeforeValidator(_day)]
Yes = Annotated[bool, Field(strict=True)]


class Schema(BaseModel):
    """Names in lowerCamelCase; nothing that is not declared."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")


class Stretch(Schema):
    """A value that holds from a day until the first day after it."""

    start: Day = Field(alias="from")
    until: Day
    value: float = Field(allow_inf_nan=False, strict=True)


class ProblemPart(Schema):
    """Eén ding dat niet klopt: waar het staat en wat het is."""

    place: Literal["body", "query", "path", "header"] = Field(alias="in")
    name: str
    detail: str


class Problem(Schema):
    """Wat er mis is (RFC 9457), alles tegelijk."""

    code: int = Field(alias="status")
    title: str
    detail: str
    errors: list[ProblemPart] = []


class ChangedField(Schema):
    """Eén veld, met wat het was en wat het werd."""

    field: str
    before: str
    after: str


class Version(Schema):
    """Een vastgelegde versie van een regel: wat er veranderde, door wie, wanneer en waarom."""

    number: int
    at: AwareDatetime
    who: str
    action: str = Field(description="Wat er is gedaan, in de taal van het verzoek.")
    reason: str
    changes: list[ChangedField]
    is_outside: bool


@dataclass(frozen=True)
class Shapes:
    """The four shapes of a kind."""

    shown: type[Schema]
    listed: type[Schema]
    made: type[Schema]
    changed: type[Schema]
    step: type[Schema]


def name_of(kind: Kind) -> str:
    """Give the name of a kind in the description: its slug in PascalCase."""
    return to_pascal(kind.slug.replace("-", "_"))


def shapes(kind: Kind) -> Shapes:
    """Make what is sent and answered for a kind."""
    with override("nl"):
        name = name_of(kind)
        shown = create_model(name, __base__=Schema, __doc__=f"{kind.name}.", **dict(_shown(kind)))
        listed = create_model(
            f"{name}Lijst",
            __base__=Schema,
            __doc__=f"Een bladzijde van {kind.plural}.",
            count=(int, Field(description="Hoeveel het er in totaal zijn.")),
            page=(int, ...),
            page_size=(int, ...),
            results=(list[shown], ...),  # type: ignore[valid-type]
        )
        made = create_model(f"{name}Nieuw", __base__=Schema, **dict(_written(kind, new=True)))
        changed = create_model(f"{name}Wijziging", __base__=Schema, **dict(_written(kind, new=False)))
        return Shapes(shown, listed, made, changed, _step(kind, name))


def _shown(kind: Kind) -> Iterator[tuple[str, Any]]:
    yield "code", (str, ...)
    for field in _own_fields(kind):
        yield field.name, (_read_type(field), Field(description=str(field.verbose_name)))
    if values_of.counted(kind.model):
        yield "not_shown", (list[str], Field(description=NOT_SHOWN))
    yield "version", (int, Field(description="Telt mee bij elke wijziging; staat ook in ETag."))
    yield "is_withdrawn", (bool, ...)
    yield "created_at", (AwareDatetime, ...)
    yield "changed_at", (AwareDatetime, ...)


NOT_SHOWN = "Getallen die u niet mag zien omdat er kleine aantallen in zitten; hun waarde is leeg."

HIDDEN = frozenset({"id", "code", "version", "is_withdrawn", "created_at", "changed_at", "created_by"})


def _own_fields(kind: Kind) -> list[models.Field[Any, Any]]:
    return [field for field in kind.model._meta.concrete_fields if field.name not in HIDDEN]


def _read_type(field: models.Field[Any, Any]) -> Any:
    base = _base_type(field)
    return base | None if field.null else base


def _base_type(field: models.Field[Any, Any]) -> Any:
    found = next((made for kind, made in TYPES if isinstance(field, kind)), None)
    return found(field) if found is not None else Any


def _limits(field: models.Field[Any, Any]) -> dict[str, Any]:
    limits: dict[str, Any] = {}
    for check in field.validators:
        if isinstance(check, MinValueValidator):
            limits["ge"] = max(check.limit_value, limits.get("ge", check.limit_value))
        if isinstance(check, MaxValueValidator):
            limits["le"] = min(check.limit_value, limits.get("le", check.limit_value))
    return limits


def words_of(field: models.Field[Any, Any]) -> Any:
    """Give the type of a field that holds one of a few words."""
    values = [str(value) for value, _label in field.flatchoices]
    if field.blank and "" not in values:
        values.append("")
    return Literal[tuple(values)]


def _text(field: models.Field[Any, Any]) -> Any:
    if field.flatchoices:
        return words_of(field)
    smallest = 0 if field.blank else 1
    return Annotated[str, Field(min_length=smallest, max_length=field.max_length or LONGEST_TEXT, pattern=SAFE_TEXT)]


def _whole_number(field: models.Field[Any, Any]) -> Any:
    return Annotated[int, BeforeValidator(_whole), Field(strict=True, **_limits(field))]


def _number(field: models.Field[Any, Any]) -> Any:
    return Annotated[float, Field(strict=True, allow_inf_nan=False, **_limits(field))]


TYPES: tuple[tuple[type, Any], ...] = (
    (models.ForeignKey, lambda _field: Code),
    (LinesField, lambda _field: list[Line]),
    (SeriesField, lambda _field: list[Stretch]),
    (models.DateTimeField, lambda _field: AwareDatetime),
    (models.DateField, lambda _field: Day),
    (models.BooleanField, lambda _field: Yes),
    (models.IntegerField, _whole_number),
    (models.FloatField, _number),
    (models.DecimalField, _number),
    (models.CharField, _text),
    (models.TextField, _text),
)
"""The first that fits makes the type; what is not here is shown and never written."""


def _written(kind: Kind, *, new: bool) -> Iterator[tuple[str, Any]]:
    if new:
        yield "code", (Code | None, Field(None, description="Kort en blijvend; zonder code wordt er een gemaakt."))
        yield "reason", (Reason, Field("", description="Waarom; staat in de geschiedenis."))
    else:
        yield "reason", (Annotated[Reason, Field(min_length=1)], Field(description="Waarom; staat in de geschiedenis."))
    yield "partner", (Code | None, Field(None, description="Van wie de regel is; zonder is het uw eigen organisatie."))
    for name in kind.fields:
        field = kind.field(name)
        if any(isinstance(field, known) for known, _made in TYPES):
            required = new and not (field.blank or field.has_default() or field.null)
            kept = _read_type(field)
            about = str(field.verbose_name)
            yield name, (kept, Field(description=about)) if required else (kept, Field(None, description=about))


def _step(kind: Kind, name: str) -> type[Schema]:
    steps = (*(row.slug for row in kind.transitions), WITHDRAW)
    asked = {field for row in kind.transitions for field in row.asks}
    values = {field: (_read_type(kind.field(field)), None) for field in sorted(asked)}
    given = create_model(f"{name}StapWaarden", __base__=Schema, **values)  # type: ignore[call-overload]
    return create_model(
        f"{name}Stap",
        __base__=Schema,
        step=(Literal[steps], Field(description="Welke stap.")),
        reason=(Reason, Field("", description="Waarom; bij veel stappen verplicht.")),
        values=(given, Field(default_factory=given, description="Wat de stap vraagt.")),
    )


# --- values -----------------------------------------------------------------------------------------------------------


def told(kind: Kind, record: Record) -> dict[str, Any]:
    """Write a row as it is answered."""
    names = (
        "code",
        *(field.name for field in _own_fields(kind)),
        "version",
        "is_withdrawn",
        "created_at",
        "changed_at",
    )
    hidden = {"not_shown": list(map(to_camel, values_of.not_shown(record)))} if values_of.counted(record) else {}
    return {to_camel(name): value for name, value in [*_plains(kind, record, names), *hidden.items()]}


def _plains(kind: Kind, record: Record, names: Iterable[str]) -> Iterator[tuple[str, Any]]:
    for name in names:
        yield name, _plain(kind.field(name), record)


def _plain(field: models.Field[Any, Any], record: Record) -> Any:
    value = values_of.value_of(record, field.name)
    if isinstance(value, NotShown):
        return None
    if isinstance(field, models.ForeignKey):
        return value.code if value is not None else None
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date | time):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def moment(value: datetime) -> str:
    """Write a moment in UTC."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def values(kind: Kind, sent: Schema) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Give the values of a row from what was sent, and the fields that point at nothing."""
    given: dict[str, Any] = {}
    missing: dict[str, list[str]] = {}
    for name in sent.model_fields_set - {"reason"}:
        value = getattr(sent, name)
        field = kind.field(name)
        if isinstance(field, models.ForeignKey) and value is not None:
            found = by_code(field.related_model, value)
            if found is None:
                missing[name] = [value]
            given |= {"partner_id": value} if name == "partner" else {name: found}  # the owner goes by its code
        elif value is not None or field.null:
            given[name] = _stored(field, value)
    return given, missing


def _stored(field: models.Field[Any, Any], value: Any) -> Any:
    if isinstance(field, SeriesField):
        return [
            {"from": row.start.isoformat(), "until": row.until.isoformat(), "value": row.value} for row in value or ()
        ]
    return Decimal(str(value)) if isinstance(field, models.DecimalField) and value is not None else value
