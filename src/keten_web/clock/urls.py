# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from keten_web.clock import views

urlpatterns = [
    path("beslistermijn", views.clock, name="clock"),
    path("beslistermijn/zaak", views.case_for_life, name="clock-life"),
    path("beslistermijn/wet", views.applied_law, name="clock-law"),
]
