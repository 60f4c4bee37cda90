# SPDX-License-Identifier: EUPL-1.2
"""The levers: one file each. Every file in this folder is found and shown by itself."""
