"""Les adresses du dossier ; un passage est franchi par la vue de son écran."""

from django.urls import path

from candidatures.circuit import PASSAGES, Ecran
from candidatures.dossier.views import deposer, jumeler, justifier, lire, liste, mes, passages, verifier

urlpatterns = [
    path("", liste.liste, name="liste"),
    path("mes/", mes.mes, name="mes"),
    path("<int:pk>/", lire.fiche, name="fiche"),
    path("<int:pk>/lecture/", lire.lecture, name="lecture"),
    path("<int:pk>/fiche.pdf", lire.pdf, name="pdf"),
    path("<int:pk>/recu/", lire.recu, name="recu"),
    path("<int:pk>/recu.pdf", lire.recu_pdf, name="recu_pdf"),
    path("<int:pk>/verifier/", verifier.verifier, name="verifier"),
    path("<int:pk>/verifier/justifications/", justifier.justifier, name="justifier"),
    path("<int:pk>/verifier/etat/", justifier.etat, name="verifier_etat"),
    *(
        path(f"<int:pk>/passage/{passage.nom}/", deposer.deposer, {"transition": passage.nom}, name=passage.nom)
        for passage in PASSAGES.values()
        if passage.ecran is Ecran.DEPOT
    ),
    path("<int:pk>/passage/<slug:transition>/", passages.franchir, name="franchir"),
    path("<int:pk>/jumelle/", jumeler.jumeler, name="jumeler"),
]
