# SPDX-License-Identifier: EUPL-1.2
"""Finding rows by their words: PostgreSQL full-text search in the language of the page, best first.

A word is found in each of its forms (“plaatsen” finds “plaats”), by its beginning, and by any part of it, because
Dutch writes words together (“termijn” finds “beslistermijn”) and codes are known by a part. Every word that says
something must be found. Only what the reader may see is searched.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db import connection, models
from django.db.models import Case, F, FloatField, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, NullIf
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from keten_web.accounts.models import User
from keten_web.record import values
from keten_web.record.fields import LinesField
from keten_web.record.kinds import Kind, kinds
from keten_web.record.models import Record

CONFIGURATIONS = {"nl": "dutch", "en": "english"}
MOST_WORDS = 12
LONGEST_WORD = 60
MOST_SHOWN = 50
MOST_PER_KIND = 200
"""Nobody reads more; who wants them all has the list of the kind."""

NAMES = ("title", "title_en")
UNSEARCHED = frozenset({"code", "source", "assumption", "evidence_hash", "receipt"})
START, STOP = "\x02", "\x03"
SIGNS = f"StartSel={START},StopSel={STOP}"
WHOLE = f"{SIGNS},HighlightAll=true"
EXCERPT = f"{SIGNS},MaxFragments=2,MaxWords=24,MinWords=10,ShortWord=0,FragmentDelimiter=' … '"


@dataclass(frozen=True)
class Asked:
    """The words that are looked for, and the language in which."""

    words: tuple[str, ...]
    telling: tuple[str, ...]
    """Those that are no stop word in the language."""
    configuration: str

    def query(self, words: Iterable[str]) -> SearchQuery | None:
        """Ask for all these words, each by its beginning."""
        said = " & ".join(_beginning(word) for word in words)
        return SearchQuery(said, search_type="raw", config=self.configuration) if said else None


def asked(text: str) -> Asked:
    """Read what somebody typed; what is longer than anybody means is left out."""
    clean = "".join(" " if ord(sign) < 32 else sign for sign in text)
    words = tuple(dict.fromkeys(word[:LONGEST_WORD] for word in clean.split()[:MOST_WORDS]))
    configuration = CONFIGURATIONS.get(get_language() or "nl", "dutch")
    return Asked(words, _telling(words, configuration), configuration)


def _beginning(word: str) -> str:
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}':*"


def _telling(words: Sequence[str], configuration: str) -> tuple[str, ...]:
    """Give the words that say something: “de” stands in every text."""
    if not words:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS typed(word, said, place)"
            " WHERE numnode(to_tsquery(%s::regconfig, said)) > 0 ORDER BY place",
            [list(words), [_beginning(word).removesuffix(":*") for word in words], configuration],
        )
        return tuple(word for (word,) in cursor.fetchall())


# --- rows of one kind -------------------------------------------------------------------------------------------------


def answering(found: QuerySet[Any], kind: Kind, wanted: Asked) -> QuerySet[Any]:
    """Keep the rows in which every word stands, with how well they answer as `rank`."""
    vector, text = _vector(kind, wanted.configuration), _text(kind)
    found = found.annotate(searched=vector, searched_text=text)
    for word in wanted.telling or wanted.words:
        anywhere = Q(code__icontains=word) | Q(searched_text__icontains=word)
        query = wanted.query([word]) if word in wanted.telling else None
        found = found.filter(anywhere | Q(searched=query) if query is not None else anywhere)
    ranked: QuerySet[Any] = found.annotate(rank=_rank(vector, wanted))
    return ranked


def _rank(vector: SearchVector, wanted: Asked) -> Any:
    """Put a code that was typed first, then where the words weigh most: in the title, then in the explanation."""
    query = wanted.query(wanted.telling)
    weight = SearchRank(vector, query) if query is not None else Value(0.0, output_field=FloatField())
    whole = " ".join(wanted.words)
    by_code = Case(
        When(code__iexact=whole, then=Value(4.0)),
        When(code__istartswith=whole, then=Value(2.0)),
        When(Q(title__istartswith=whole) | Q(title_en__istartswith=whole), then=Value(1.0)),
        default=Value(0.0),
        output_field=FloatField(),
    )
    return by_code + weight


def searched_fields(kind: Kind) -> list[models.Field[Any, Any]]:
    """Give the fields with words in them, the title first; of two languages only the one of the page."""
    english = get_language() == "en"
    names = {field.name for field in kind.model._meta.concrete_fields}
    found = []
    for field in kind.model._meta.concrete_fields:
        if field.name in UNSEARCHED or not isinstance(field, models.CharField | models.TextField | LinesField):
            continue
        if field.flatchoices:
            continue
        other = field.name.removesuffix("_en") if field.name.endswith("_en") else f"{field.name}_en"
        if other in names and field.name.endswith("_en") != english:
            continue
        found.append(field)
    return sorted(found, key=lambda field: field.name not in NAMES)


def _words_of(field: models.Field[Any, Any]) -> Any:
    """Give the text of a field in the language of the page, or else in the other one."""
    if isinstance(field, LinesField):
        return Cast(F(field.name), models.TextField())
    own = NullIf(F(field.name), Value(""))
    if field.name.endswith("_en"):
        return Coalesce(own, F(field.name.removesuffix("_en")), Value(""), output_field=models.TextField())
    return Coalesce(own, Value(""), output_field=models.TextField())


def _vector(kind: Kind, configuration: str) -> Any:
    vectors = [
        SearchVector(_words_of(field), config=configuration, weight=_weight(field)) for field in searched_fields(kind)
    ]
    whole: Any = vectors[0]
    for more in vectors[1:]:
        whole = whole + more
    return whole


def _weight(field: models.Field[Any, Any]) -> str:
    if field.name in NAMES:
        return "A"
    return "B" if field.name in {"text", "text_en"} else "C"


def _text(kind: Kind) -> Any:
    parts = [part for field in searched_fields(kind) for part in (_words_of(field), Value(" "))]
    return Concat(*parts, output_field=models.TextField())


# --- over all kinds ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hit:
    """A row that answers, with the words shown where they stand."""

    kind: Kind
    row: Record
    title: SafeString
    place: str
    """Which field the excerpt is from; empty for the explanation."""
    excerpt: SafeString


@dataclass(frozen=True)
class Outcome:
    """What was found, best first, and how many of each kind."""

    hits: tuple[Hit, ...]
    counts: tuple[tuple[Kind, int], ...]
    words: tuple[str, ...]

    @property
    def number(self) -> int:
        return sum(number for _kind, number in self.counts)


def search(by: User, text: str, only: str = "") -> Outcome:
    """Find over every kind the user may read; `only` is the slug of one kind."""
    wanted = asked(text)
    if not wanted.words:
        return Outcome((), (), ())
    found = [(kind, _readable(kind, by, wanted)) for kind in kinds()]
    shown = [(kind, row) for kind, rows in found for row in rows if only in {"", kind.slug}]
    shown.sort(key=lambda pair: -pair[1].rank)
    return Outcome(
        hits=_hits(shown[:MOST_SHOWN], wanted),
        counts=tuple((kind, len(rows)) for kind, rows in found if rows),
        words=wanted.words,
    )


def _readable(kind: Kind, by: User, wanted: Asked) -> list[Any]:
    rows = kind.model.objects.filter(is_withdrawn=False).select_related("partner")
    best = answering(rows, kind, wanted).order_by("-rank", "code")[:MOST_PER_KIND]
    return [row for row in best if kind.may_read.test(by, row)]


def _hits(shown: Sequence[tuple[Kind, Any]], wanted: Asked) -> tuple[Hit, ...]:
    """Show each row with its title and the first other field in which a word stands."""
    texts = [(at, name, value) for at, (kind, row) in enumerate(shown) for name, value in _texts(kind, row)]
    marked = _marked([value for _at, _name, value in texts], wanted)
    titles: dict[int, str] = {}
    excerpts: dict[int, tuple[str, str]] = {}
    for (at, name, _value), (whole, excerpt) in zip(texts, marked, strict=True):
        if name in NAMES:
            titles.setdefault(at, whole)
        elif START in excerpt:
            excerpts.setdefault(at, (name, excerpt))
    return tuple(
        _hit(kind, row, titles.get(at, row.name), *excerpts.get(at, ("", row.explanation)))
        for at, (kind, row) in enumerate(shown)
    )


def _hit(kind: Kind, row: Record, title: str, name: str, excerpt: str) -> Hit:
    place = values.label(kind.model, name) if name not in {"", "text", "text_en"} else ""
    short = excerpt if START in excerpt else " ".join(excerpt.split()[:24])
    return Hit(kind, row, highlighted(title), place, highlighted(short))


def _texts(kind: Kind, row: Record) -> list[tuple[str, str]]:
    """Give what stands in each searched field of a row, as it is shown."""
    found = []
    for field in searched_fields(kind):
        shown = values.shown(row, field.name)
        if not shown and field.name.endswith("_en"):
            shown = values.shown(row, field.name.removesuffix("_en"))
        if shown:
            found.append((field.name, shown))
    return found


def _marked(texts: Sequence[str], wanted: Asked) -> list[tuple[str, str]]:
    """Put signs around the words that were found, in the whole of each text and in an excerpt of it."""
    clean = [text.replace(START, "").replace(STOP, "").replace("\x00", "") for text in texts]
    said = " | ".join(_beginning(word) for word in wanted.telling)
    if not said or not clean:
        return [(marked, marked) for marked in (_by_part(text, wanted.words) for text in clean)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ts_headline(%s::regconfig, text, to_tsquery(%s::regconfig, %s), %s),"
            " ts_headline(%s::regconfig, text, to_tsquery(%s::regconfig, %s), %s)"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS shown(text, place) ORDER BY place",
            [wanted.configuration, wanted.configuration, said, WHOLE]
            + [wanted.configuration, wanted.configuration, said, EXCERPT, clean],
        )
        rows = cursor.fetchall()
    return [
        (
            whole if START in whole else _by_part(text, wanted.words),
            _in_place(text, excerpt) if START in excerpt else _by_part(text, wanted.words, around=80),
        )
        for text, (whole, excerpt) in zip(clean, rows, strict=True)
    ]


def _in_place(text: str, excerpt: str) -> str:
    """Show with dots that a text goes on before or after its excerpt."""
    bare = excerpt.replace(START, "").replace(STOP, "")
    before = "" if text.startswith(bare[:10]) else "… "
    return f"{before}{excerpt}{'' if text.rstrip('.').endswith(bare[-10:].rstrip('.')) else ' …'}"


def _by_part(text: str, words: Sequence[str], around: int | None = None) -> str:
    """Mark the first word that stands inside another; with `around` keep only that many signs before and after it."""
    lower = text.lower()
    for word in words:
        at = lower.find(word.lower())
        if at < 0 or len(lower) != len(text):
            continue
        end = at + len(word)
        before, after = text[:at], text[end:]
        if around is not None:
            before = f"… {before[-around:].partition(' ')[2]}" if len(before) > around else before
            after = f"{after[:around].rpartition(' ')[0]} …" if len(after) > around else after
        return f"{before}{START}{text[at:end]}{STOP}{after}"
    return text


def highlighted(text: str) -> SafeString:
    """Write a text with its signs as marks; everything else is escaped."""
    first, *rest = text.split(START)
    parts = [(marked, after) for marked, _stop, after in (part.partition(STOP) for part in rest)]
    return format_html("{}{}", first, format_html_join("", "<mark>{}</mark>{}", parts))
