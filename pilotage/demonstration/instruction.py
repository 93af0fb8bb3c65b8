"""Mener un dossier déposé : avis écrits, rendus, rouverts, reportés, passés outre, puis la décision ; toujours par les actions."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from avis import actions as avis
from avis.attendus import A_FAIRE, Etape, Niveau, attendus
from avis.models import AvisDepartemental
from candidatures.avancement.plan import aide_demandee
from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import franchir
from candidatures.demonstration.redaction import avis_departemental, avis_regional, motif
from candidatures.models import Candidature
from comptes.models import Utilisateur
from pilotage.demonstration.comptes import Agents

DELAI_DEPARTEMENTAL, DELAI_REGIONAL = timedelta(days=31), timedelta(days=47)
"""Après la clôture : les avis départementaux, puis régionaux, sont attendus."""
JOURS = {
    "retirer": 12,
    "brouillon": 18,
    "premier": 19,
    "departements": 20,
    "premiere_region": 22,
    "brouillon_regional": 26,
    "reporter": 28,
    "rouvrir": 29,
    "rendre_de_nouveau": 30,
    "regions": 32,
    "retenir": 33,
    "mettre_en_liste_complementaire": 33,
    "ne_pas_retenir": 33,
}
"""Combien de jours après la clôture chaque acte a lieu : dans l'ordre où on les écrit."""


class Instruction:
    """L'instruction d'un dossier ; `depuis` : le jour dont on compte (la clôture), `rang` fait varier les textes et les heures."""

    def __init__(self, candidature: Candidature, rang: int, agents: Agents, par: Utilisateur, depuis: datetime) -> None:
        self.pk, self.rang, self.agents, self.par, self.depuis = candidature.pk, rang, agents, par, depuis
        self._defavorable = False

    def mener(self, actes: str) -> datetime:
        """Fait ces actes l'un après l'autre ; rend l'instant du dernier."""
        noms = actes.split()
        self._defavorable = "ne_pas_retenir" in noms
        for nom in noms:
            self.instant = self._instant(nom)
            getattr(self, nom)()
        return self.instant

    def _instant(self, acte: str) -> datetime:
        jour = self.depuis + timedelta(days=JOURS[acte])
        return jour.replace(hour=9 + self.rang % 8, minute=13 * self.rang % 60, second=0, microsecond=0)

    @property
    def dossier(self) -> Candidature:
        """Relu : un avis rendu l'a peut-être fait avancer."""
        return Candidature.objects.pour_lecture().avec_avis().get(pk=self.pk)

    # --- Les départements --------------------------------------------------------------------------------------------
    def brouillon(self) -> None:
        """Chaque département qui n'a pas rendu commence son avis."""
        for code in self._a_faire():
            self._ecrire(code, seulement=("champ_libre",))

    def premier(self) -> None:
        """Le premier département rend, les autres non."""
        self._rendre(self._a_faire()[0])

    def departements(self) -> None:
        """Tous rendent."""
        for code in self._a_faire():
            self._rendre(code)

    def _a_faire(self, region: str = "") -> list[str]:
        """Les départements dont l'avis est à rendre, par code ; d'une région si on la nomme."""
        departements = {d.pk: d.region_id for d in self.dossier.departements.all()}
        a_faire = [a for a in attendus(self.dossier, self.instant) if a.niveau == Niveau.DEPARTEMENT and a.etape in A_FAIRE]
        return [a.territoire.pk for a in a_faire if region in ("", departements[a.territoire.pk])]

    def _ecrire(self, code: str, seulement: tuple[str, ...] = ()) -> None:
        textes = avis_departemental(self.rang + int(code[:2].replace("A", "0").replace("B", "1")))
        valeurs = {nom: texte for nom, texte in textes.items() if texte and (not seulement or nom in seulement)}
        agent = self.agents.du_departement(code)
        ecrit = avis.enregistrer(avis.Brouillon(self.dossier, Niveau.DEPARTEMENT, code), valeurs, lues={}, par=agent)
        AvisDepartemental.objects.filter(pk=ecrit.pk).update(modifie_le=self.instant)

    def _rendre(self, code: str) -> None:
        self._ecrire(code)
        agent = self.agents.du_departement(code)
        avis.rendre(self.dossier, Niveau.DEPARTEMENT, code, par=agent, maintenant=self.instant)

    # --- Les régions -------------------------------------------------------------------------------------------------
    def premiere_region(self) -> None:
        """Les départements de la première région rendent, puis elle."""
        region = min(d.region_id for d in self.dossier.departements.all())
        for code in self._a_faire(region):
            self._rendre(code)
        self._rendre_la_region(region)

    def brouillon_regional(self) -> None:
        """Le service qui contribue prépare l'avis de sa région ; il ne le rend pas."""
        for region in self._regions():
            valeurs = avis_regional(self.rang, favorable=True)
            avis.enregistrer(
                avis.Brouillon(self.dossier, Niveau.REGION, region), valeurs, lues={}, par=self.agents.contributeur(region)
            )

    def regions(self) -> None:
        """Toutes les régions rendent, en passant outre les départements en retard."""
        for region in self._regions():
            self._rendre_la_region(region)

    def _regions(self) -> list[str]:
        return [
            a.territoire.pk for a in attendus(self.dossier, self.instant) if a.niveau == Niveau.REGION and a.etape != Etape.RENDU
        ]

    def _rendre_la_region(self, region: str) -> None:
        favorable = not self._defavorable and self.rang % 9 != 0
        agent, passer_outre = self.agents.de_la_region(region), motif("passer_outre")
        valeurs = {nom: texte for nom, texte in avis_regional(self.rang, favorable=favorable).items() if texte}
        avis.enregistrer(avis.Brouillon(self.dossier, Niveau.REGION, region), valeurs, lues={}, par=agent)
        avis.rendre(self.dossier, Niveau.REGION, region, par=agent, maintenant=self.instant, motif_passer_outre=passer_outre)

    # --- L'administrateur, le bailleur -------------------------------------------------------------------------------
    def reporter(self) -> None:
        """L'administrateur donne deux semaines de plus aux départements qui n'ont pas rendu."""
        echeance = self.depuis + DELAI_DEPARTEMENTAL + timedelta(days=14)
        for code in self._a_faire():
            avis.reporter(
                self.dossier,
                Niveau.DEPARTEMENT,
                code,
                echeance,
                maintenant=self.instant,
                motif=motif("reporter"),
                par=self.national,
            )

    def rouvrir(self) -> None:
        """L'administrateur rend la main au premier département."""
        code = min(d.pk for d in self.dossier.departements.all())
        avis.rouvrir(self.dossier, Niveau.DEPARTEMENT, code, maintenant=self.instant, motif=motif("rouvrir"), par=self.national)

    def rendre_de_nouveau(self) -> None:
        """Le département rend l'avis rouvert."""
        for code in self._a_faire():
            agent = self.agents.du_departement(code)
            avis.rendre(self.dossier, Niveau.DEPARTEMENT, code, par=agent, maintenant=self.instant)

    def retenir(self) -> None:
        """Retenue, pour l'aide demandée, dans la limite du plafond."""
        dossier = self.dossier
        aide = aide_demandee(dossier).montant or Decimal(60_000)
        self._franchir("retenir", self.national, montant=min(aide, dossier.campagne.plafond or aide))

    def mettre_en_liste_complementaire(self) -> None:
        """En liste complémentaire."""
        self._franchir("mettre_en_liste_complementaire", self.national)

    def ne_pas_retenir(self) -> None:
        """Refusée, avec un motif."""
        self._franchir("ne_pas_retenir", self.national, motif=motif("refus", self.rang))

    def retirer(self) -> None:
        """Le bailleur retire sa candidature."""
        self._franchir("retirer", self.par, motif=motif("retrait"))

    @property
    def national(self) -> Utilisateur:
        """L'administrateur national."""
        return self.agents.national

    def _franchir(self, passage: str, par: Utilisateur, *, montant: Decimal | None = None, motif: str = "") -> None:
        franchir(self.dossier, PASSAGES[passage], par=par, maintenant=self.instant, motif=motif, montant=montant)
