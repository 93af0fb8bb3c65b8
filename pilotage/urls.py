"""Les adresses du pilotage."""

from django.urls import path

from pilotage.decisions import views as decisions
from pilotage.matrice import views as matrice

app_name = "pilotage"
urlpatterns = [
    path("matrice/", matrice.matrice, name="matrice"),
    path("decisions/", decisions.decisions, name="decisions"),
    path("decisions/<int:pk>/publier/", decisions.publier, name="publier"),
]
