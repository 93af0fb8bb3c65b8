"""Les adresses des candidatures."""

from django.urls import URLPattern, path

from candidatures.annexes.urls import urlpatterns as annexes
from candidatures.views import archives as vues_archives
from candidatures.views import bailleur as fiche
from candidatures.views import campagnes as vues_campagnes
from candidatures.views import constats as vues_constats
from candidatures.views import controles as vues_controles
from candidatures.views import dossier, passages
from candidatures.views import historique as vues_historique
from candidatures.views import jumelage as vues_jumelage
from candidatures.views import liste as vues_liste
from candidatures.views import partages as vues_partages
from candidatures.views import reprise as vues_reprise
from candidatures.views import saisie as vues_saisie

app_name = "candidatures"

# La fiche et le dossier
bailleur: list[URLPattern] = [
    path("mes/", fiche.mes, name="mes"),
    path("nouvelle/", fiche.creer, name="creer"),
    path("<int:pk>/", dossier.fiche, name="fiche"),
    path("<int:pk>/section/<slug:code>/", fiche.section, name="section"),
    path("<int:pk>/section/<slug:code>/saisie/", vues_saisie.saisie, name="saisie"),
    path("<int:pk>/section/<slug:code>/etat/", vues_saisie.etat, name="etat"),
    path("<int:pk>/section/<slug:code>/relu/<slug:champ>/", vues_reprise.relu, name="relu"),
    path("<int:pk>/historique/", vues_historique.historique, name="historique"),
    path("<int:pk>/reprendre/", vues_reprise.reprendre, name="reprendre"),
    path("<int:pk>/verifier/justifications/", vues_constats.justifier, name="justifier"),
    path("<int:pk>/verifier/etat/", vues_constats.etat, name="verifier_etat"),
    path("<int:pk>/verifier/", fiche.verifier, name="verifier"),
    path("<int:pk>/supprimer/", fiche.supprimer, name="supprimer"),
    path("<int:pk>/passage/<slug:transition>/", passages.franchir, name="franchir"),
    path("<int:pk>/jumelle/", vues_jumelage.jumeler, name="jumeler"),
    path("<int:pk>/recu/", dossier.recu, name="recu"),
    path("<int:pk>/recu.pdf", dossier.recu_pdf, name="recu_pdf"),
    path("<int:pk>/lecture/", dossier.lecture, name="lecture"),
    path("<int:pk>/fiche.pdf", dossier.pdf, name="pdf"),
]

# Les invités d'une candidature
partages: list[URLPattern] = [
    path("<int:pk>/partages/", vues_partages.acces, name="partages"),
    path("<int:pk>/partages/<int:partage>/", vues_partages.partage, name="partage"),
    path("<int:pk>/partages/<int:partage>/retirer/", vues_partages.retirer, name="partage_retirer"),
    path("invitation/<str:jeton>/", vues_partages.invitation, name="invitation"),
]

# Lire, exporter
lecture: list[URLPattern] = [
    path("", vues_liste.liste, name="liste"),
    path("archives/", vues_archives.archive_creer, name="archive_creer"),
    path("archives/<uuid:pk>/", vues_archives.archive, name="archive"),
    path("archives/<uuid:pk>/candidatures.zip", vues_archives.archive_telecharger, name="archive_telecharger"),
]

# Les campagnes
campagnes: list[URLPattern] = [
    path("campagnes/", vues_campagnes.campagnes, name="campagnes"),
    path("campagnes/creer/", vues_campagnes.campagne_creer, name="campagne_creer"),
    path("campagnes/<int:pk>/controles/", vues_controles.campagne_controles, name="campagne_controles"),
    path("campagnes/<int:pk>/", vues_campagnes.campagne_modifier, name="campagne_modifier"),
]

urlpatterns = [*bailleur, *annexes, *partages, *lecture, *campagnes]
