# SPDX-License-Identifier: EUPL-1.2
# Every command lives in tools/dev.py, so that it also works without make.
#
# `make test` also holds the core to a floor of coverage by its own tests. It does so in the same run, and leaves the site
# out: the tracer adds two thirds to the time of what it follows. `make coverage` runs those tests only, and lists what
# they do not reach.
PYTHON ?= python3

.PHONY: help run test check coverage fix bench goldens docs letter lock
help run test check coverage fix bench goldens docs letter lock:
	@$(PYTHON) tools/dev.py $@
