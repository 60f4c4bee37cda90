# SPDX-License-Identifier: EUPL-1.2
"""A device has no end: whatever the command line reads, it reads no more of it than is needed to refuse it."""

from __future__ import annotations

import pytest

from keten.cli import main

ASKED = {
    "a delivery": (["observations", "check", "/dev/zero", "--table", "stock"], 4),
    "a delivery without end by its name": (["observations", "check", "{}.csv", "--table", "stock"], 4),
    "a scenario": (["study", "run", "/dev/zero", "--out", "{}"], 5),
    "a case": (["case", "timeline", "/dev/zero"], 2),
    "a prediction": (["choice", "judge", "/dev/zero", "--actual", "2023-12=1"], 2),
    "cases": (["deadlines", "/dev/zero"], 2),
    "a study": (["study", "show", "/dev/zero"], 2),
}


@pytest.mark.parametrize("what", ASKED)
def test_what_has_no_end_is_refused_in_words(what, tmp_path, capsys):
    command, code = ASKED[what]
    (tmp_path / "endless.csv").symlink_to("/dev/zero")
    with pytest.raises(SystemExit) as ended:
        main([part.format(tmp_path / "endless") for part in command])
    said = capsys.readouterr().err
    assert ended.value.code == code, said
    assert "Traceback" not in said
