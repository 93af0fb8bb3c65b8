"""Les adresses de la saisie."""

from django.urls import path

from candidatures.saisie.views import frappe, historique, section

urlpatterns = [
    path("nouvelle/", section.creer, name="creer"),
    path("<int:pk>/section/<slug:code>/", section.section, name="section"),
    path("<int:pk>/section/<slug:code>/saisie/", frappe.saisie, name="saisie"),
    path("<int:pk>/section/<slug:code>/etat/", frappe.etat, name="etat"),
    path("<int:pk>/historique/", historique.historique, name="historique"),
    path("<int:pk>/supprimer/", section.supprimer, name="supprimer"),
]
