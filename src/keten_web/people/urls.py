# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from keten_web.people import views

urlpatterns = [
    path("gebruikers", views.users, name="users"),
    path("gebruikers/uitnodigen", views.invite, name="user-invite"),
    path("gebruikers/<int:pk>", views.person, name="user"),
    path("gebruikers/<int:pk>/<slug:step>", views.step, name="user-step"),
    path("uitnodiging/<int:pk>/<str:token>", views.invitation, name="invitation"),
]
