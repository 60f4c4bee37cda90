# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from keten_web.start import views

urlpatterns = [path("eerste-dag", views.first_day, name="first-day"), path("dag", views.turn_day, name="turn-day")]
