# SPDX-License-Identifier: EUPL-1.2
"""The rules of the steering cycle: what was agreed, is it kept, what warns, what follows, and who may decide it."""
