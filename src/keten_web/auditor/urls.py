# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from keten_web.auditor import views

urlpatterns = [
    path("audit", views.trail, name="audit"),
    path("audit/nagaan", views.check, name="audit-check"),
    path("audit.<form:form>", views.export, name="audit-file"),
]
