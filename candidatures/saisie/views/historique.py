"""L'historique des réponses d'une fiche : qui les a changées, quand, de quoi à quoi ; y remettre un texte ancien."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from candidatures import regles, verrou
from candidatures.champs import Texte
from candidatures.chercher import chercher
from candidatures.echange.lire import FicheRefusee, lire_la_reponse
from candidatures.fiche import SECTIONS
from candidatures.models import Candidature
from candidatures.models.candidature import Candidatures
from candidatures.plusieurs_mains.disputes import en_clair
from candidatures.plusieurs_mains.ecrire import remettre
from candidatures.plusieurs_mains.empreintes import lire
from candidatures.plusieurs_mains.views.historique import Changee, NonRemis, Relecture, page_d_historique
from candidatures.saisie.actions import Fiche
from candidatures.sections import LISTE_PAR_NOM, SECTION_DE, champ_de, intitule_de, reponses_de
from comptes.acces import personne_connectee
from comptes.ecriture import Conflit
from comptes.models import Utilisateur


@require_http_methods(["GET", "HEAD", "POST"])
def historique(request: HttpRequest, pk: int) -> HttpResponse:
    """Pour qui peut remplir la fiche."""
    candidature = chercher(request, pk, Candidatures.pour_entete)
    if not regles.peut(regles.peut_remplir, personne_connectee(request), candidature):
        raise Http404
    return page_d_historique(request, RelectureDeLaFiche(candidature))


class RelectureDeLaFiche(Relecture):
    """Les réponses d'une candidature, section par section."""

    titre = "Historique des réponses"
    fil = "candidatures/saisie/historique_fil.html"
    duree = "Les 50 derniers changements de chaque rubrique sont gardés ; ils disparaissent avec le brouillon."
    sections = [(str(section._meta.verbose_name), reponses_de(section)) for section in SECTIONS]

    def __init__(self, candidature: Candidature) -> None:
        self.gardee = self.candidature = candidature
        self.sujet = Fiche(candidature)
        self.traces = self.sujet.traces.filter(rubrique__in=SECTION_DE)  # une rubrique qui n'est plus ne se relit pas
        self.reference, self.est_modifiable = candidature.reference, regles.fiche_ouverte(candidature)
        self.adresse = reverse("candidatures:historique", args=[candidature.pk])

    def intitule(self, rubrique: str) -> str:
        """L'intitulé officiel."""
        return intitule_de(rubrique)

    def saisie(self, rubrique: str) -> str:
        """La section de cette rubrique."""
        return reverse("candidatures:section", args=[self.candidature.pk, SECTION_DE[rubrique]])

    def lisible(self, rubrique: str, ecrite: Any) -> str:
        """Une réponse gardée, telle qu'on la lit ; une valeur que la fiche n'admet plus se montre telle quelle."""
        try:
            return en_clair(rubrique, lire_la_reponse(rubrique, ecrite))
        except FicheRefusee:
            return str(ecrite)

    def est_texte(self, rubrique: str) -> bool:
        """Vrai d'un texte."""
        return rubrique not in LISTE_PAR_NOM and isinstance(champ_de(rubrique), Texte)

    def remettre(self, rubrique: str, ecrite: Any, lu: str, *, par: Utilisateur, le: datetime) -> None:
        """Écrit cette réponse, si la fiche est encore un brouillon et que personne ne vient de la changer."""
        try:
            remettre(self.sujet, rubrique, ecrite, lire(lu), par=par, le=le)
        except verrou.PlusModifiable as fini:
            raise NonRemis("La candidature n'est plus un brouillon : ses réponses ne changent plus.") from fini
        except FicheRefusee as refus:
            raise NonRemis(f"Ce texte ne peut pas être remis : {' '.join(refus.erreurs)}") from refus
        except Conflit as conflit:
            raise Changee from conflit
