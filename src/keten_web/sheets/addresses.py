# SPDX-License-Identifier: EUPL-1.2
"""The ending of an address that gives a table as a file."""

from __future__ import annotations

from django.urls.converters import StringConverter

from keten_web.sheets.writing import FORMS


class FormConverter(StringConverter):
    """Lets an address end in the form of a file: csv, xlsx or ods."""

    regex = "|".join(FORMS)
