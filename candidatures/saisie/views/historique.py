"""L'historique des réponses d'une fiche : qui les a changées, quand, de quoi à quoi ; y remettre un texte ancien."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from candidatures import regles, verrou
from candidatures.avancement.completude import SECTION_PAR_CODE
from candidatures.champs import Texte
from candidatures.chercher import chercher
from candidatures.echange.lire import FicheRefusee, lire_la_reponse
from candidatures.models import Candidature
from candidatures.models.candidature import Candidatures
from candidatures.plusieurs_mains.disputes import en_clair, intitule_de
from candidatures.plusieurs_mains.empreintes import LISTES, empreinte, lire, reponse
from candidatures.plusieurs_mains.forms import RUBRIQUES, rubriques_par_section
from candidatures.plusieurs_mains.views.historique import Changee, NonRemis, Sujet, page_d_historique
from candidatures.saisie import actions
from comptes.acces import personne_connectee
from comptes.models import Utilisateur
from hlm_projets.ecran.colonnes import colonne


@require_http_methods(["GET", "HEAD", "POST"])
def historique(request: HttpRequest, pk: int) -> HttpResponse:
    """Pour qui peut remplir la fiche."""
    candidature = chercher(request, pk, Candidatures.pour_entete)
    if not regles.peut(regles.peut_remplir, personne_connectee(request), candidature):
        raise Http404
    return page_d_historique(request, Fiche(candidature))


class Fiche(Sujet):
    """Les réponses d'une candidature, section par section."""

    titre = "Historique des réponses"
    fil = "candidatures/saisie/historique_fil.html"
    duree = "Les 50 derniers changements de chaque rubrique sont gardés ; ils disparaissent avec le brouillon."
    sections = [
        (str(SECTION_PAR_CODE[code]._meta.verbose_name), rubriques) for code, rubriques in rubriques_par_section().items()
    ]

    def __init__(self, candidature: Candidature) -> None:
        self.porteur = self.candidature = candidature
        self.traces = candidature.changements.filter(
            rubrique__in=RUBRIQUES
        )  # sans les justifications, qui ne sont pas des rubriques
        self.reference, self.est_modifiable = candidature.reference, regles.fiche_ouverte(candidature)
        self.adresse = reverse("candidatures:historique", args=[candidature.pk])

    def intitule(self, rubrique: str) -> str:
        """L'intitulé officiel."""
        return intitule_de(rubrique)

    def saisie(self, rubrique: str) -> str:
        """La section de cette rubrique."""
        return reverse("candidatures:section", args=[self.candidature.pk, RUBRIQUES[rubrique]])

    def lisible(self, rubrique: str, ecrite: Any) -> str:
        """Une réponse gardée, telle qu'on la lit ; une valeur que la fiche n'admet plus se montre telle quelle."""
        try:
            return en_clair(rubrique, lire_la_reponse(rubrique, ecrite))
        except FicheRefusee:
            return str(ecrite)

    def est_texte(self, rubrique: str) -> bool:
        """Vrai d'un texte."""
        return rubrique not in LISTES and isinstance(colonne(Candidature, rubrique), Texte)

    def remettre(self, rubrique: str, ecrite: Any, lu: str, *, par: Utilisateur, le: datetime) -> None:
        """Écrit cette réponse, si la fiche est encore un brouillon et que personne ne vient de la changer."""
        try:
            remettre(self.candidature, rubrique, ecrite, lu, par=par, le=le)
        except verrou.PlusModifiable as fini:
            raise NonRemis("La candidature n'est plus un brouillon : ses réponses ne changent plus.") from fini
        except FicheRefusee as refus:
            raise NonRemis(f"Ce texte ne peut pas être remis : {' '.join(refus.erreurs)}") from refus
        except verrou.Conflit as conflit:
            raise Changee from conflit


def remettre(candidature: Candidature, rubrique: str, ecrite: Any, lu: str, *, par: Utilisateur, le: datetime) -> None:
    """Écrit une réponse prise dans l'historique ; `lu` : ce que la page montrait. Lève FicheRefusee, PlusModifiable, Conflit.

    Celle que la page montrait se remet aussi : changée entre-temps, elle est disputée comme une autre, jamais dite remise.
    """
    valeur = lire_la_reponse(rubrique, ecrite)
    listes = {rubrique: valeur} if rubrique in LISTES else {}
    gardee = actions.enregistrer(
        candidature,
        {} if listes else {rubrique: valeur},
        par=par,
        lues={rubrique: ""} | lire(lu),
        page=str(uuid.uuid4()),
        le=le,
        **listes,
    )
    if empreinte(rubrique, reponse(gardee, rubrique)) != empreinte(rubrique, valeur):
        raise verrou.Conflit(gardee, [rubrique])
