# SPDX-License-Identifier: EUPL-1.2
"""Settings, from the environment only; `README.md` beside this package lists them.

Strict is the default. `KETEN_PLAIN_HTTP=1` is for one's own machine: HTTP without encryption. `KETEN_DEMO=1` is that,
with demo log-ins.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from keten_web.config import database, home, messages, provider

PACKAGE = Path(__file__).resolve().parents[1]


def _on(name: str) -> bool:
    return os.environ.get(name, "").lower() in {"1", "true", "yes", "on"}


def _number(name: str, default: int) -> int:
    """Read a whole number of zero or more; anything else is a mistake that is told at once."""
    told = os.environ.get(name, "").strip() or str(default)
    if not told.isascii() or not told.isdigit():
        raise ImproperlyConfigured(f"{name} is a whole number of zero or more, and not {told!r}.")
    return int(told)


def _listed(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


DEMO = _on("KETEN_DEMO")
PLAIN_HTTP = DEMO or _on("KETEN_PLAIN_HTTP")
DEBUG = False
SECRET_KEY = os.environ.get("KETEN_SECRET_KEY") or home.secret("secret-key", length=64)
ALLOWED_HOSTS = _listed("KETEN_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = _listed("KETEN_ORIGINS")
TRUSTED_PROXIES = frozenset(_listed("KETEN_PROXIES"))
STUDIES = home.studies()
RUNS = home.folder() / "runs"
AUDIT_HEAD = home.folder() / "audit-head"
SIMULATIONS = home.folder() / "simulations"
FIRST_STUDY = os.environ.get("KETEN_FIRST_STUDY", "letter-2023-most-likely")
CONTACT = os.environ.get("KETEN_CONTACT", "")
OIN = os.environ.get("KETEN_OIN", "")
EVENT_ADDRESSES = _listed("KETEN_EVENT_ADDRESSES")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "keten_web.accounts",
    "keten_web.audit",
    "keten_web.api",
    "keten_web.events",
    "keten_web.studies",
    "keten_web.tower",
    "keten_web.dashboard",
    "keten_web.steering",
    "keten_web.accountability",
    "keten_web.foresight",
    "keten_web.deliveries",
    "keten_web.rounds",
    "keten_web.record",  # last: it lets the apps above declare their kinds
]

MIDDLEWARE = [
    "keten_web.config.middleware.trust_configured_proxies",
    "keten_web.api.middleware.api_answers",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "keten_web.config.middleware.browser_permissions",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "keten_web.config.middleware.language",
    "keten_web.config.middleware.one_day",
    "keten_web.deliveries.middleware.same_figures",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "keten_web.accounts.exact_counts.for_whom",
    "django.contrib.messages.middleware.MessageMiddleware",
    "keten_web.config.middleware.private_pages",
    "keten_web.config.middleware.method_in_words",
    "keten_web.config.addresses.readable",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "keten_web.accounts.bounds.bounded",
    "axes.middleware.AxesMiddleware",  # last: its answer to a log-in that has to wait passes through all others
]

ROOT_URLCONF = "keten_web.site.urls"
WSGI_APPLICATION = "keten_web.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "keten_web.dashboard.context.page",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "keten_web.dashboard.templatetags.keten",
                "keten_web.dashboard.templatetags.parts",
                "keten_web.foresight.templatetags.receipts",
            ],
        },
    }
]

DATABASES = {"default": database.settings(os.environ.get(database.URL, ""))}
MIGRATION_MODULES = {"procrastinate": "keten_web.queue.migrations"}  # its own cannot run in one transaction
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # first: before a password is looked at
    "django.contrib.auth.backends.ModelBackend",
]
LOGIN_TRIES = _number("KETEN_LOGIN_TRIES", 5)
LOGIN_TRIES_PER_ADDRESS = max(LOGIN_TRIES, _number("KETEN_LOGIN_TRIES_PER_ADDRESS", 20))
AXES_HANDLER = "keten_web.accounts.patience.Handler"
AXES_FAILURE_LIMIT = LOGIN_TRIES
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]  # each by itself; `patience` gives them their limits
AXES_COOLOFF_TIME = timedelta(hours=1)  # without a failure for this long one begins anew
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_CALLABLE = "keten_web.accounts.patience.name_tried"
AXES_CLIENT_IP_CALLABLE = "keten_web.accounts.patience.address_of"
AXES_LOCKOUT_CALLABLE = "keten_web.accounts.views.wait_to_log_in"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "csrfmiddlewaretoken", "next"]
AXES_DISABLE_ACCESS_LOG = True  # who logs in is an event of the audit trail
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
API_REQUESTS_PER_MINUTE = _number("KETEN_API_PER_MINUTE", 600)
EXPORTS_PER_MINUTE = _number("KETEN_EXPORTS_PER_MINUTE", 60)
QUESTIONS_PER_MINUTE = _number("KETEN_QUESTIONS_PER_MINUTE", 60)
STUDIES_WAITING = _number("KETEN_STUDIES_WAITING", 10)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60
"""Seconds that an invitation is good for."""
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "overview"
LOGOUT_REDIRECT_URL = "login"
OPENID = provider.from_environment(os.environ)

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 8 * 60 * 60  # a working day
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = not PLAIN_HTTP
CSRF_COOKIE_SECURE = not PLAIN_HTTP
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "keten_web.dashboard.errors.csrf_failure"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = not PLAIN_HTTP
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60

SECURE_SSL_REDIRECT = not PLAIN_HTTP
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked from inside, before the proxy
SECURE_HSTS_SECONDS = 0 if PLAIN_HTTP else 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # kept only when it comes from a trusted proxy
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
    }
}

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", _("Dutch")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
messages.compile_all()  # here, because Django reads the translations while it loads its models
TIME_ZONE = "Europe/Amsterdam"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = home.folder() / "static"
STATICFILES_DIRS = [PACKAGE / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # nothing is uploaded yet
    "staticfiles": {"BACKEND": "keten_web.config.static.HashedFiles"},
}
WHITENOISE_MAX_AGE = 60

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "axes": {"level": "ERROR"},  # it would write down what was typed as a name
    },
}
