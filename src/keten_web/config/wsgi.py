# SPDX-License-Identifier: EUPL-1.2
"""The site as a WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keten_web.config.settings")
application = get_wsgi_application()
