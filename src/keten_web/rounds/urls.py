# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from keten_web.rounds import views

urlpatterns = [
    path("maandronde", views.page, name="month-round"),
    path("maandronde/<slug:month>", views.page, name="month-round-of"),
    path("maandronde/<slug:month>/verslag", views.report, name="month-report"),
    path("maandronde/<slug:month>/verslag/<int:edition>", views.report, name="month-report-edition"),
    path("maandronde/<slug:month>/sluiten", views.close, name="month-round-close"),
    path("maandronde/<slug:month>/stoppen", views.stop, name="month-round-stop"),
    path("maandronde/<slug:month>/heropenen", views.reopen, name="month-round-reopen"),
]
