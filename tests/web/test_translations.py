# SPDX-License-Identifier: EUPL-1.2
"""Every sentence of the site stands in Dutch, with the same blanks, and no translation is left over."""

from __future__ import annotations

import re

from keten_web.config import messages
from keten_web.record import reasons

ENTRIES = messages.read(messages.catalogues()[0])
CATALOGUE = {entry.id: entry for entry in messages.read(messages.catalogues()[0]) if entry.id}


def test_every_sentence_is_translated_and_nothing_else():
    wanted = {message[0] for message in messages.messages()} | set(reasons.of_data())
    known = {key if isinstance(key, str) else key[0] for key in CATALOGUE}
    assert wanted - known == set()
    assert known - wanted == set()


def test_a_word_with_a_context_is_translated_in_that_context():
    """Without it the English word stands on the Dutch page, though another context has it in Dutch."""
    wanted = {message for text in messages.texts() for message in messages.in_context(text)}
    assert {(word, context) for word, context in wanted if ENTRIES.get(word, context) is None} == set()
    assert len(wanted) > 20


def test_no_translation_is_empty_or_marked_as_uncertain():
    for key, entry in CATALOGUE.items():
        forms = [entry.string] if isinstance(entry.string, str) else list(entry.string)
        assert all(forms), key
        assert not entry.fuzzy, key


def test_blanks_are_the_same_in_both_languages():
    for key, entry in CATALOGUE.items():
        english = [key] if isinstance(key, str) else list(key)
        dutch = [entry.string] if isinstance(entry.string, str) else list(entry.string)
        for one, other in zip(english, dutch, strict=True):
            assert set(re.findall(r"%\(\w+\)s", one)) == set(re.findall(r"%\(\w+\)s", other)), key
