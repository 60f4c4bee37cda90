# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from keten_web.accounts import views

urlpatterns = [
    path("inloggen", views.login, name="login"),
    path("uitloggen", views.logout, name="logout"),
    path("taal", views.choose_language, name="language"),
    path("weergave", views.choose_theme, name="theme"),
]
