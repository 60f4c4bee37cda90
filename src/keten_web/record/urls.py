# SPDX-License-Identifier: EUPL-1.2
from django.urls import path, register_converter

from keten_web.record import views
from keten_web.record.converters import KindConverter

register_converter(KindConverter, "kind")

urlpatterns = [
    path("zoeken", views.search, name="search"),
    path("<kind:kind>", views.rows, name="record-list"),
    path("<kind:kind>.<str:form>", views.export, name="record-export"),
    path("<kind:kind>/nieuw", views.new, name="record-new"),
    path("<kind:kind>/inlezen", views.read_file, name="record-import"),
    path("<kind:kind>/<slug:code>", views.detail, name="record-detail"),
    path("<kind:kind>/<slug:code>/geschiedenis", views.history, name="record-history"),
    path("<kind:kind>/<slug:code>/wijzigen", views.edit, name="record-edit"),
    path("<kind:kind>/<slug:code>/intrekken", views.withdraw, name="record-withdraw"),
    path("<kind:kind>/<slug:code>/stap/<slug:step>", views.move, name="record-move"),
]
