"""Les adresses des avis."""

from django.urls import path

from avis.views import frappe, historique, liste, national, saisie

app_name = "avis"
UN_AVIS = "<int:pk>/<slug:niveau>/<slug:territoire>/"

urlpatterns = [
    path("", liste.a_traiter, name="a_traiter"),
    path(UN_AVIS, saisie.avis, name="avis"),
    path(f"{UN_AVIS}saisie/", frappe.saisie, name="saisie"),
    path(f"{UN_AVIS}etat/", frappe.etat, name="etat"),
    path(f"{UN_AVIS}historique/", historique.historique, name="historique"),
    path(f"{UN_AVIS}rouvrir/", national.rouvrir, name="rouvrir"),
    path(f"{UN_AVIS}reporter/", national.reporter, name="reporter"),
]
