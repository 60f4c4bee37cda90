# SPDX-License-Identifier: EUPL-1.2
"""Scenarios that somebody keeps: compared, shared, and written from choices; on pages and in the API."""
