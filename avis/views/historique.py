"""L'historique du brouillon d'un avis, lu de son service seul : la page de la fiche, pour un avis."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from avis import actions
from avis.forms import formulaire_d_avis
from avis.lecture import AvisLu
from avis.views.conflits import dire_la_reponse
from avis.views.saisie import chercher_l_avis
from candidatures.champs.a_saisir import TexteField
from candidatures.plusieurs_mains.ecrire import remettre
from candidatures.plusieurs_mains.empreintes import lire
from candidatures.plusieurs_mains.views.historique import Changee, NonRemis, Relecture, page_d_historique
from candidatures.verrou import Refus
from comptes.ecriture import Conflit
from comptes.models import Utilisateur


@require_http_methods(["GET", "HEAD", "POST"])
def historique(request: HttpRequest, pk: int, niveau: str, territoire: str) -> HttpResponse:
    """Pour le service qui écrit cet avis ; 404 pour tout autre, le national compris."""
    lu = chercher_l_avis(request, pk, niveau, territoire)
    if not lu.est_du_service:
        raise Http404
    return page_d_historique(request, RelectureDeLAvis(lu))


class RelectureDeLAvis(Relecture):
    """Les réponses d'un avis, et à la région le motif pour passer outre."""

    fil = "avis/historique_fil.html"
    duree = "Les 50 derniers changements de chaque rubrique sont gardés, pour votre service seul."

    def __init__(self, lu: AvisLu) -> None:
        self.lu, self.gardee, self.est_modifiable = lu, lu.avis, lu.est_a_ecrire
        self.sujet = actions.Brouillon(lu.candidature, lu.niveau, lu.territoire)
        self.traces = self.sujet.traces.exclude(rubrique=self.sujet.rangs)  # un rang n'est pas un changement
        self.titre = f"Historique de l'avis {lu.niveau.label}"
        self.reference = f"{lu.candidature.reference}, avis {lu.niveau.label}, {lu.attendu.territoire}"
        self.adresse = reverse("avis:historique", args=lu.cle)
        self.form = formulaire_d_avis(lu.avis, passe_outre=hasattr(lu.avis, "motif_passer_outre"))
        self.sections = [(lu.titre, list(self.form.fields))]

    def intitule(self, rubrique: str) -> str:
        """L'intitulé officiel."""
        return str(self.form[rubrique].label)

    def saisie(self, rubrique: str) -> str:
        """La page de l'avis."""
        return reverse("avis:avis", args=self.lu.cle)

    def lisible(self, rubrique: str, ecrite: Any) -> str:
        """Une réponse gardée, telle qu'on la lit."""
        return dire_la_reponse(self.lu.avis, rubrique, ecrite or "")

    def est_texte(self, rubrique: str) -> bool:
        """Vrai d'un texte."""
        return isinstance(self.form.fields[rubrique], TexteField)

    def remettre(self, rubrique: str, ecrite: Any, lu: str, *, par: Utilisateur, le: datetime) -> None:
        """Écrit cette réponse dans le brouillon, s'il s'écrit encore et qu'aucun collègue ne vient de la changer."""
        try:
            remettre(self.sujet, rubrique, ecrite, lire(lu), par=par, le=le)
        except Conflit as conflit:
            raise Changee from conflit
        except (actions.DejaRendu, Refus) as fini:
            raise NonRemis(str(fini)) from fini
        except PermissionDenied as refuse:
            raise Http404 from refuse
