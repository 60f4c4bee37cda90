# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from keten_web.tower import views

urlpatterns = [
    path("verkeerstoren", views.tower, name="tower"),
    path("verkeerstoren/partner/<str:code>", views.partner, name="tower-partner"),
    path("verkeerstoren/locatie/<slug:resource>/<path:location>", views.location, name="tower-location"),
    path("verkeerstoren/belofte", views.promise, name="promise"),
    path("verkeerstoren/belofte/prijs", views.promise_price, name="promise-price"),
    path("verkeerstoren/wat-als", views.what_if, name="what-if"),
    path("verkeerstoren/wat-als/antwoord", views.what_if_answer, name="what-if-answer"),
    path("verkeerstoren/vragen/<slug:kind>/stel", views.inquiry_ask, name="inquiry-ask"),
    path("verkeerstoren/vragen/<int:pk>", views.inquiry, name="inquiry"),
    path("verkeerstoren/vragen/<int:pk>/stop", views.inquiry_stop, name="inquiry-stop"),
    path("verkeerstoren/wat-als.<form:form>", views.what_if_file, name="what-if-file"),
    path("verkeerstoren/wat-als.toml", views.what_if_toml, name="what-if-toml"),
]
