# SPDX-License-Identifier: EUPL-1.2
"""The record for machines: REST by the Dutch API design rules, made from the kinds of the record."""

VERSION = "1.0.0"
BASE = "/api/v1"
