# SPDX-License-Identifier: EUPL-1.2
"""The site as a WSGI application."""

import os
import sys

from django.core.wsgi import get_wsgi_application

from keten_web.config import supervisor

# Each of the many small steps of a quick look lets go of the interpreter and asks it back; with the usual 5 ms a turn,
# two questions at once would spend most of their time waiting for each other.
sys.setswitchinterval(0.0005)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keten_web.config.settings")
application = get_wsgi_application()
supervisor.follow()
