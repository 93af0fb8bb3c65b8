"""Les adresses des candidatures."""

from django.urls import URLPattern

app_name = "candidatures"

# La fiche du bailleur
bailleur: list[URLPattern] = []

# Lire, exporter
lecture: list[URLPattern] = []

# Les campagnes
campagnes: list[URLPattern] = []

urlpatterns = [*bailleur, *lecture, *campagnes]
