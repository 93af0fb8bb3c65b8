"""Un avis vu par une personne : ce qu'elle peut en lire, en écrire, et ce qui l'empêche de le rendre."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from django.http import Http404

from avis import regles
from avis.actions import MODELES, DejaRendu
from avis.attendus import A_FAIRE, Attendu, Etape, Niveau, absents_de, attendu_de, departements_de, refus_d_attente
from avis.models import AvisDepartemental, AvisRegional
from candidatures.champs import en_texte
from candidatures.echange.ecrire import champs_d_avis
from candidatures.models import Candidature
from candidatures.plusieurs_mains import presence
from comptes.models import Service, Utilisateur
from comptes.portees import portee_de

A_ECRIRE = (*A_FAIRE, Etape.PAS_ENCORE)
FINS = {
    Etape.PASSE_OUTRE: "La région a rendu son avis sans attendre celui-ci : il n'est plus attendu.",
    Etape.SANS_OBJET: "Le dossier n'attend plus d'avis.",
}


@dataclass(frozen=True)
class AvisLu:
    """L'avis d'un territoire sur une candidature, pour une personne, à un instant."""

    candidature: Candidature
    attendu: Attendu
    personne: Utilisateur
    maintenant: datetime

    @property
    def niveau(self) -> Niveau:
        """Départemental ou régional."""
        return self.attendu.niveau

    @property
    def territoire(self) -> str:
        """Le code du territoire."""
        return str(self.attendu.territoire.pk)

    @property
    def cle(self) -> tuple[int, str, str]:
        """Ce qui suit « avis/ » dans ses adresses."""
        return self.candidature.pk, self.niveau.value, self.territoire

    @property
    def titre(self) -> str:
        """Le titre officiel de cet avis."""
        return str(MODELES[self.niveau]._meta.verbose_name)

    @property
    def rubriques(self) -> list[tuple[str, str]]:
        """Ce que la personne peut en lire : chaque intitulé officiel et sa réponse, telle qu'on la lit."""
        avis = self.montre
        return [(str(c.verbose_name), en_texte(c, getattr(avis, c.name))) for c in champs_d_avis(type(avis))] if avis else []

    @cached_property
    def est_du_service(self) -> bool:
        """La personne appartient à un service qui écrit cet avis."""
        return regles.est_du_territoire(self.personne, self.niveau, self.territoire)

    @property
    def est_a_ecrire(self) -> bool:
        """Le brouillon peut être écrit : il n'est ni rendu, ni devenu sans objet."""
        return self.est_du_service and self.attendu.etape in A_ECRIRE

    @property
    def fin(self) -> str:
        """Pourquoi le brouillon ne s'écrit plus."""
        if self.attendu.etape == Etape.RENDU and self.attendu.avis:
            return str(DejaRendu(self.attendu.avis))
        return FINS.get(self.attendu.etape, "")

    @property
    def cle_de_presence(self) -> str:
        """La « section » où sont présents ceux qui rédigent cet avis."""
        return f"{presence.AVIS}{self.niveau.value}-{self.territoire}"

    @cached_property
    def peut_rendre(self) -> bool:
        """Le service de la personne est celui qui rend cet avis."""
        return regles.peut_rendre(self.personne, self.candidature, self.niveau, self.territoire)

    @property
    def montre(self) -> AvisDepartemental | AvisRegional | None:
        """Ce que la personne peut lire de l'avis : rendu, ou le brouillon de son service."""
        avis = self.attendu.avis
        return avis if avis is not None and regles.peut_lire(self.personne, avis) else None

    @property
    def avis(self) -> AvisDepartemental | AvisRegional:
        """La ligne à écrire ; neuve, et pas en base, si personne n'a commencé."""
        vide = MODELES[self.niveau](candidature=self.candidature, **{f"{self.niveau.value}_id": self.territoire})
        return self.attendu.avis or vide

    @property
    def etape(self) -> Etape:
        """L'étape que la personne peut connaître."""
        return regles.etape_lue(portee_de(self.personne), self.attendu)

    @cached_property
    def departements(self) -> list[Attendu]:
        """Pour une région, les avis de ses départements, à l'étape que la personne peut connaître."""
        if self.niveau != Niveau.REGION:
            return []
        portee = portee_de(self.personne)
        siens = departements_de(self.candidature, self.territoire, self.maintenant)
        return [replace(attendu, etape=regles.etape_lue(portee, attendu)) for attendu in siens]

    @cached_property
    def absents(self) -> list[Attendu]:
        """Pour une région, les avis de ses départements qui ne sont pas rendus."""
        return absents_de(self.candidature, self.territoire, self.maintenant) if self.niveau == Niveau.REGION else []

    @cached_property
    def attente(self) -> list[str]:
        """Pourquoi la région ne peut pas encore rendre : des avis encore dans leur délai."""
        return refus_d_attente(self.absents, "motif")

    @property
    def passe_outre(self) -> bool:
        """Vrai si la région ne rendrait son avis qu'en passant outre des avis en retard."""
        return bool(self.absents) and not self.attente

    @cached_property
    def service_qui_rend(self) -> Service | None:
        """À la région, le service que le réglage désigne."""
        return Service.objects.filter(region=self.territoire, rend_avis_regional=True).first()


def avis_lu(candidature: Candidature, niveau: str, territoire: str, personne: Utilisateur, maintenant: datetime) -> AvisLu:
    """L'avis de ce territoire, si la personne l'écrit, le lit, ou administre ; 404 sinon.

    `candidature` est déjà de celles qu'elle peut lire (`visibles_par`).
    """
    if niveau not in Niveau or candidature.est_brouillon:
        raise Http404
    if territoire not in regles.territoires(candidature, Niveau(niveau)):
        raise Http404
    lu = AvisLu(candidature, attendu_de(candidature, Niveau(niveau), territoire, maintenant), personne, maintenant)
    portee = portee_de(personne)
    if not portee.consulte or not (lu.est_du_service or lu.montre or portee.administre):
        raise Http404
    return lu
