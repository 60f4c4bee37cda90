# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from keten_web.steering import views

urlpatterns = [
    path("stuurcyclus", views.cycle, name="steering-cycle"),
    path("afspraken", views.agreements, name="agreements"),
    path("kader", views.framework, name="framework"),
    path("signalen", views.signals, name="signals"),
    path("besluiten", views.decisions, name="decisions"),
]
