# SPDX-License-Identifier: EUPL-1.2
"""Tables out of the site and into it: csv, xlsx and ods with equal content, in the language of the page."""
