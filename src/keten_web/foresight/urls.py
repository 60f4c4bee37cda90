# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from keten_web.foresight import views

urlpatterns = [
    path("keuzes", views.choices, name="choices"),
    path("keuzes/vastleggen", views.lay_down, name="choice-lay-down"),
    path("signalen/vooruit", views.look_ahead, name="signals-ahead"),
    path("bewijs", views.figure_receipt, name="figure-receipt"),
]
