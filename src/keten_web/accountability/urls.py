# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from keten_web.accountability import views

urlpatterns = [
    path("risicos", views.risks, name="risks"),
    path("incidentenoverzicht", views.incidents, name="incidents"),
    path("middelen", views.finance, name="finance"),
    path("aanbevelingenboom", views.recommendations, name="recommendations"),
    path("toezeggingenagenda", views.commitments, name="commitments"),
    path("partners", views.partners, name="partners"),
]
