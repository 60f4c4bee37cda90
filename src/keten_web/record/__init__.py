# SPDX-License-Identifier: EUPL-1.2
"""The record: rows with an owner, a version, a history and a reason. Knows no theme; see README.md."""
