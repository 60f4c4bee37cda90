# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from keten_web.dashboard import views

urlpatterns = [
    path("", views.overview, name="overview"),
    path("ketenkaart", views.chain_map, name="chain-map"),
    path("ketenkaart.csv", views.chain_map_csv, name="chain-map-csv"),
    path("voorraad", views.stock, name="stock"),
    path("voorraad/<str:identifier>.csv", views.stock_csv, name="stock-csv"),
    path("indicatoren/<slug:identifier>.csv", views.indicator_csv, name="indicator-csv"),
    path("indicatoren/<slug:identifier>", views.indicator, name="indicator"),
    path("toegankelijkheid", views.accessibility, name="accessibility"),
    path("healthz", views.alive, name="alive"),
    path("readyz", views.ready, name="ready"),
    path(".well-known/security.txt", views.security, name="security"),
]
