# SPDX-License-Identifier: EUPL-1.2
"""The tables of the job queue (procrastinate), made at once: its own migrations cannot run in one transaction."""
