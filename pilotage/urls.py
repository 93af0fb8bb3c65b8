"""Les adresses du pilotage."""

from django.urls import path

from pilotage.views import matrice

app_name = "pilotage"
urlpatterns = [
    path("matrice/", matrice.matrice, name="matrice"),
]
