# SPDX-License-Identifier: EUPL-1.2
"""What a Dutch reader reads is Dutch: the test that looks for English sees it, and what a study writes is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.utils import translation
from english import english_in

from keten.scenario.read import read_scenario
from keten.study.inputs import prepare
from keten.study.receipt import make_receipt
from keten_web.record.reasons import told

LETTER = Path(__file__).parents[2] / "examples" / "letter-2023" / "most-likely.toml"


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<p>The stock of 30 June 2023: above it, the stock has grown since the letter.</p>", 1),
        ('<p lang="en">The stock is above the value that was agreed.</p>', 0),
        ('<section lang="en"><p lang="nl">The stock is above the value that was agreed.</p></section>', 1),
        ("<p>De voorraad is in juni op of boven de waarde van de brief, en dat was ook zo in mei.</p>", 0),
        ("<p>Rapport: The Court of Audit</p>", 0),
        ('<input value="the stock of the letter and not that" title="Kies">', 0),
        ('<a title="Say what is known and why it was not told">meer</a>', 1),
        ("<code>the stock and not the flow</code><pre>with the and that</pre>", 0),
        ("<p>bron: https://example.org/the-stock-and-not-the-flow-of-that</p>", 0),
        ('<option value="acknowledge_signal">een signaal bevestigen</option>', 0),
        ("<li>acknowledge_signal</li>", 1),
        ("<p>Minister of Justice</p>", 1),
        ("<p><br>De <b>minister</b> and the others, with that</p>", 1),
    ],
)
def test_the_search_for_english_finds_it_and_leaves_the_rest(page, found):
    assert len(english_in(page)) == found


@pytest.mark.parametrize("reference_date", [date(2023, 4, 30), date(2023, 3, 15)])
def test_what_a_study_says_of_its_opening_stock_and_inflow_is_told_in_dutch(reference_date):
    """Counted on the day itself, and between two counts: then a study writes another sentence."""
    inputs = prepare(read_scenario(LETTER).model_copy(update={"reference_date": reference_date}))
    written = make_receipt(inputs, seed=1, replications=1, with_events=False, outputs={})
    texts = [text for part in written["opening_stock"] for text in (part["source"], part["note"]) if text]
    texts += [year["source"] for year in written["inflow"]] + [written["calibration"]]
    with translation.override("nl"):
        said = [str(told(text)) for text in texts]
    assert [text for text in said if english_in(f"<p>{text}</p>") or "<span" in text] == []
    assert [
        one for one, other in zip(texts, said, strict=True) if one == other and not one.startswith("https://")
    ] == []
    assert any(text.startswith("Aanname: ") for text in said)
    with translation.override("en"):
        assert [str(told(text)) for text in texts] == texts
