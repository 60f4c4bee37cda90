# SPDX-License-Identifier: EUPL-1.2
"""Write every generated document again."""

from tools.reference import ROOT, documents

for target, text in documents():
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists() or target.read_text(encoding="utf-8") != text:
        target.write_text(text, encoding="utf-8")
        print(f"wrote {target.relative_to(ROOT)}")
