# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from keten_web.deliveries import views

urlpatterns = [
    path("gegevens", views.page, name="deliveries"),
    path("gegevens/<int:pk>", views.detail, name="delivery"),
    path("gegevens/<int:pk>/bestand", views.file, name="delivery-file"),
    path("gegevens/<int:pk>/verschillen.<str:form>", views.export, name="delivery-export"),
    path("gegevens/<int:pk>/intrekken", views.withdraw, name="delivery-withdraw"),
    path("gegevens/<int:pk>/stap/<slug:step>", views.step, name="delivery-step"),
]
