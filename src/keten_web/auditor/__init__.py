# SPDX-License-Identifier: EUPL-1.2
"""The pages of the auditor: who did what, when and why, and whether the trail is as it was written."""
