# SPDX-License-Identifier: EUPL-1.2
"""Which file of this folder holds which command, so that a command starts without loading what others need.

A file that is not listed here is always loaded; so are files that need little. A test compares the list with the files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_STUDY = {"study": "Run a scenario and look at what it does."}

GROUPS: Mapping[str, Mapping[str, str]] = {
    "case": {"case": "One case for life: its events, and every term that runs or will run."},
    "chain": {"chain": "The chain as tables: partners, stages, routes, resources, handover points."},
    "choice": {"choice": "What a steering choice was predicted to do, and what of the outcome was its doing."},
    "forecast": {"forecast": "What may come in: scenarios as samples of whole arrivals, and how forecasts did."},
    "indicators": {"indicators": "What the chain steers on: indicators per chain goal, with their signal values."},
    "law_desk": {"law": "The law desk: what is open, how the law changed, what a change would do."},
    "observations": {"observations": "What is known: figures that partners delivered or that were published."},
    "study": _STUDY,
    "study_backtest": _STUDY,
    "study_promise": _STUDY,
    "study_questions": _STUDY,
}
"""Groups of commands by file, with what `keten --help` says about them."""

COMMANDS: Mapping[str, Mapping[str, str]] = {
    "law": {
        "deadline": "Last day on which a decision is in time, with the rules, the steps and the other reading.",
        "deadlines": "Deadlines of a file of cases; with --compare, what a change of law does to them.",
        "penalty": "Work out what a late decision costs: notice of default, appeal, judgment, penalty.",
        "term": "Last day of another term: appeal, departure period, Dublin, detention. Without a term: the list.",
    },
}
"""Commands by file that stand in no group."""

PARTS: Mapping[str, Sequence[str]] = {
    "study": ("run", "show", "verify", "calibrate"),
    "study_backtest": ("backtest",),
    "study_promise": ("promise",),
    "study_questions": ("compare", "explain", "seek", "waterbed", "tornado"),
}
"""Commands by file, where a group is divided over files."""


def is_needed(module: str, words: Sequence[str]) -> bool:
    """Say whether a file must be loaded for a command line; `words` are its first words, options left out."""
    names = {**GROUPS.get(module, {}), **COMMANDS.get(module, {})}
    if not names:
        return True
    if not words or words[0] not in names:
        return False
    known = {name for file, parts in PARTS.items() if words[0] in GROUPS[file] for name in parts}
    return len(words) < 2 or words[1] not in known or words[1] in PARTS.get(module, ())
