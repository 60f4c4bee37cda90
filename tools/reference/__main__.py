# SPDX-License-Identifier: EUPL-1.2
"""Write every generated document again."""

from tools.reference import ROOT, documents

for page, text in documents():
    page.parent.mkdir(parents=True, exist_ok=True)
    if not page.exists() or page.read_text(encoding="utf-8") != text:
        page.write_text(text, encoding="utf-8")
        print(f"wrote {page.relative_to(ROOT)}")
