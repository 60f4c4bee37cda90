# SPDX-License-Identifier: EUPL-1.2
"""What pydantic finds wrong with a file, in both languages; it speaks English by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keten.domain.language import Words


class MisfitError(ValueError):
    """What a check of ours finds wrong, in both languages; pydantic reports it with the place."""

    def __init__(self, *, nl: str, en: str) -> None:
        self.words = Words(nl=nl, en=en)
        super().__init__(en)


_DUTCH: Mapping[str, str] = {
    "missing": "dit veld ontbreekt",
    "extra_forbidden": "dit veld bestaat niet",
    "greater_than": "de waarde moet groter zijn dan {gt}",
    "greater_than_equal": "de waarde moet ten minste {ge} zijn",
    "less_than": "de waarde moet kleiner zijn dan {lt}",
    "less_than_equal": "de waarde mag hoogstens {le} zijn",
    "multiple_of": "de waarde moet een veelvoud zijn van {multiple_of}",
    "finite_number": "de waarde moet een eindig getal zijn",
    "int_type": "dit moet een geheel getal zijn",
    "int_parsing": "dit moet een geheel getal zijn",
    "int_from_float": "dit moet een geheel getal zijn",
    "float_type": "dit moet een getal zijn",
    "float_parsing": "dit moet een getal zijn",
    "decimal_parsing": "dit moet een getal zijn",
    "bool_type": "dit moet ja (true) of nee (false) zijn",
    "bool_parsing": "dit moet ja (true) of nee (false) zijn",
    "string_type": "dit moet tekst zijn",
    "string_too_short": "de tekst moet ten minste {min_length} tekens hebben",
    "string_too_long": "de tekst mag hoogstens {max_length} tekens hebben",
    "string_pattern_mismatch": "de tekst heeft niet de vorm {pattern}",
    "date_type": "dit moet een datum zijn (JJJJ-MM-DD)",
    "date_parsing": "dit moet een datum zijn (JJJJ-MM-DD)",
    "date_from_datetime_parsing": "dit moet een datum zijn (JJJJ-MM-DD)",
    "date_from_datetime_inexact": "dit moet een datum zijn, zonder tijd",
    "enum": "dit moet een van deze zijn: {expected}",
    "literal_error": "dit moet een van deze zijn: {expected}",
    "list_type": "dit moet een lijst zijn",
    "tuple_type": "dit moet een lijst zijn",
    "dict_type": "dit moet een groep velden zijn",
    "mapping_type": "dit moet een groep velden zijn",
    "model_type": "dit moet een groep velden zijn",
    "model_attributes_type": "dit moet een groep velden zijn",
    "too_short": "hier horen er ten minste {min_length}",
    "too_long": "hier mogen er hoogstens {max_length} zijn",
    "none_required": "hier hoort niets te staan",
    "url_parsing": "dit is geen webadres",
    "union_tag_invalid": "dit moet een van deze zijn: {expected_tags}",
    "union_tag_not_found": "er staat niet welke soort dit is",
}
"""What pydantic finds, by its own names of kinds."""


def misfit(detail: Mapping[str, Any]) -> Words:
    """Tell what one row of `ValidationError.errors()` says, without a full stop; of a kind without Dutch in English."""
    english = str(detail["msg"]).removeprefix("Value error, ").rstrip(".")
    context = detail.get("ctx") or {}
    error = context.get("error")
    if isinstance(error, MisfitError):
        return error.words.changed(lambda text: text.rstrip("."))
    dutch = _DUTCH.get(str(detail["type"]))
    if dutch is None:
        return Words(nl=english, en=english)
    shown = {name: str(value).replace(" or ", " of ") for name, value in context.items()}
    return Words(nl=dutch.format(**shown), en=english)


def in_words(detail: Mapping[str, Any], remedy: Words) -> tuple[Words, Words]:
    """Give what is wrong and what to do: a check may say both, with a semicolon between; else `remedy` holds."""
    said = misfit(detail)
    parts = [text.partition("; ")[::2] for text in (said.nl, said.en)]
    (what_nl, do_nl), (what_en, do_en) = parts
    own = Words(nl=f"{do_nl[:1].upper()}{do_nl[1:]}.", en=f"{do_en[:1].upper()}{do_en[1:]}.")
    return Words(nl=f"{what_nl}.", en=f"{what_en}."), own if do_en else remedy
