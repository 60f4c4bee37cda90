# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from keten_web.scenarios import views

urlpatterns = [
    path("studies", views.overview, name="kept-scenarios"),
    path("studies/bewaar", views.keep, name="scenario-keep"),
    path("studies/opnieuw", views.again, name="study-again"),
    path("studies/vergelijk", views.compare, name="scenario-compare"),
    path("studies/<int:pk>", views.detail, name="kept-scenario"),
    path("studies/<int:pk>/<slug:step>", views.step, name="scenario-step"),
    path("studies/run/<int:pk>/<slug:step>", views.run_step, name="run-step"),
]
