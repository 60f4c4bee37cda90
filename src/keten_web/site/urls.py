# SPDX-License-Identifier: EUPL-1.2
"""Every address of the site."""

from django.urls import include, path, register_converter

from keten_web.sheets.addresses import FormConverter

register_converter(FormConverter, "form")

urlpatterns = [
    path("", include("keten_web.site.api")),
    path("", include("keten_web.accounts.urls")),
    path("", include("keten_web.auditor.urls")),
    path("", include("keten_web.people.urls")),
    path("", include("keten_web.start.urls")),
    path("", include("keten_web.dashboard.urls")),
    path("", include("keten_web.tower.urls")),
    path("", include("keten_web.scenarios.urls")),
    path("", include("keten_web.clock.urls")),
    path("", include("keten_web.steering.urls")),
    path("", include("keten_web.accountability.urls")),
    path("", include("keten_web.foresight.urls")),
    path("", include("keten_web.deliveries.urls")),
    path("", include("keten_web.rounds.urls")),
    path("", include("keten_web.record.urls")),
]

handler400 = "keten_web.dashboard.errors.bad_request"
handler403 = "keten_web.dashboard.errors.forbidden"
handler404 = "keten_web.dashboard.errors.not_found"
handler500 = "keten_web.dashboard.errors.server_error"
