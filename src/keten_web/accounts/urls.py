# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from keten_web.accounts import views

urlpatterns = [
    path("inloggen", views.login, name="login"),
    path("inloggen/organisatie", views.sign_on, name="sign-on"),
    path("inloggen/terug", views.signed_on, name="signed-on"),
    path("uitloggen", views.logout, name="logout"),
    path("taal", views.choose_language, name="language"),
    path("weergave", views.choose_theme, name="theme"),
]
