# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from keten_web.dashboard import views

urlpatterns = [
    path("", views.overview, name="overview"),
    path("ketenkaart", views.chain_map, name="chain-map"),
    path("ketenkaart.<form:form>", views.chain_map_file, name="chain-map-file"),
    path("voorraad", views.stock, name="stock"),
    path("voorraad/<str:identifier>.<form:form>", views.stock_file, name="stock-file"),
    path("indicatoren/<slug:identifier>.<form:form>", views.indicator_file, name="indicator-file"),
    path("indicatoren/<slug:identifier>", views.indicator, name="indicator"),
    path("toegankelijkheid", views.accessibility, name="accessibility"),
    path("healthz", views.alive, name="alive"),
    path("readyz", views.ready, name="ready"),
    path(".well-known/security.txt", views.security, name="security"),
]
