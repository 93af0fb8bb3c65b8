"""Publier les décisions d'une campagne : une seule fois, toutes ensemble."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from candidatures import regles
from candidatures.champs.montants import dire_montant
from candidatures.circuit.courriels import annoncer
from candidatures.etats import DECIDES
from candidatures.models import Campagne, Candidature
from candidatures.verrou import Refus, consigner
from comptes.journal import consigner as consigner_l_acte
from comptes.models import Utilisateur
from pilotage.decisions.courriels import decisions_publiees
from pilotage.decisions.dossiers import Bilan, empreinte_des_decisions, raisons_de_ne_pas_publier

A_RELIRE = "Une décision a changé depuis votre relecture : relisez le bilan ci-dessous, puis confirmez de nouveau."


class DejaPubliee(Exception):
    """Les décisions de cette campagne sont déjà publiées."""

    def __init__(self, campagne: Campagne) -> None:
        super().__init__(str(campagne))
        self.campagne = campagne


def publier(campagne: Campagne, *, par: Utilisateur, maintenant: datetime, relue: str) -> Bilan:
    """Publie toutes les décisions ; `relue` : l'empreinte de ce que la personne a relu.

    Une ligne au journal par dossier et une pour la campagne, un courriel à chaque porteur, un aux services concernés.
    Lève PermissionDenied, DejaPubliee, Refus (campagne ouverte, dossiers sans décision, relecture dépassée).
    """
    if not regles.peut(regles.est_administrateur, par):
        raise PermissionDenied
    with transaction.atomic():
        gardee = _verrouiller(campagne)
        if gardee.publiee_le:
            raise DejaPubliee(gardee)
        tous = _verrouiller_les_dossiers(gardee)
        refus = raisons_de_ne_pas_publier(gardee, tous, maintenant)
        if not refus and relue != empreinte_des_decisions(tous):
            refus = [A_RELIRE]
        if refus:
            raise Refus(refus)
        return _ecrire(gardee, tous, par, maintenant)


def _verrouiller(campagne: Campagne) -> Campagne:
    return Campagne.objects.select_for_update(of=("self",)).get(pk=campagne.pk)


def _verrouiller_les_dossiers(campagne: Campagne) -> list[Candidature]:
    """Tous ses dossiers, quel que soit leur état : une décision en cours s'achève avant, une autre attend et se voit refusée."""
    verrouillees = Candidature.objects.filter(campagne=campagne).order_by("pk").select_for_update(of=("self",))
    colonnes = ("numero", "nom", "etat", "montant_accorde", "contact_courriel", "campagne", "organisme__nom")
    lus = list(verrouillees.select_related("organisme").only(*colonnes))
    for dossier in lus:
        dossier.campagne = campagne
    return [dossier for dossier in lus if not dossier.est_brouillon]


def _ecrire(campagne: Campagne, tous: list[Candidature], par: Utilisateur, maintenant: datetime) -> Bilan:
    bilan, decides = Bilan.de(campagne, tous), [dossier for dossier in tous if dossier.etat in DECIDES]
    campagne.publiee_le = maintenant
    campagne.save(update_fields=["publiee_le"])
    for dossier in decides:
        detail = {"decision": dossier.etat, "montant": str(dossier.montant_accorde or "")}
        annoncer(dossier, consigner(dossier, "publier_decision", par=par, le=maintenant, detail=detail))
    nombres = {etat.value: nombre for etat, nombre in bilan.lignes if nombre}
    accorde = dire_montant(bilan.enveloppe.accorde)
    consigner_l_acte("publier_les_decisions", campagne, par=par, le=maintenant, campagne=campagne.pk, accorde=accorde, **nombres)
    decisions_publiees(campagne, decides)
    return bilan
