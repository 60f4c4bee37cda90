# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from keten_web.tower import views

urlpatterns = [
    path("verkeerstoren", views.tower, name="tower"),
    path("verkeerstoren/partner/<str:code>", views.partner, name="tower-partner"),
    path("verkeerstoren/belofte", views.promise, name="promise"),
    path("verkeerstoren/wat-als", views.what_if, name="what-if"),
    path("verkeerstoren/wat-als/antwoord", views.what_if_answer, name="what-if-answer"),
    path("verkeerstoren/wat-als.csv", views.what_if_csv, name="what-if-csv"),
    path("verkeerstoren/wat-als.toml", views.what_if_toml, name="what-if-toml"),
]
