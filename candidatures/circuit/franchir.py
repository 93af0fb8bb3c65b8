"""La seule porte d'un changement d'état : verrou, contrôle, écriture, journal, version figée, courriels inscrits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from candidatures import abonnes, regles
from candidatures.champs.textes import normaliser
from candidatures.circuit import Transition, courriels, raisons
from candidatures.circuit.passages import AUTOMATIQUES
from candidatures.coherence import constats_a_figer, rapprochements
from candidatures.echange.ecrire import empreinte, en_fiche
from candidatures.lecture.composition import document_vivant
from candidatures.lecture.document import en_json
from candidatures.models import Candidature, Compteur, Evenement, Version
from candidatures.verrou import MOTIF_MAXIMUM, Refus, consigner, verrouiller
from comptes.models import Utilisateur


class DejaFranchi(Exception):
    """Le passage a déjà eu lieu (double clic, retour arrière) ; `evenement` dit quand et par qui."""

    def __init__(self, evenement: Evenement) -> None:
        super().__init__(str(evenement))
        self.evenement = evenement


class Devance(Exception):
    """Le dossier a changé d'état depuis que la personne l'a lu ; `evenement` dit quand, par qui, et en quel état."""

    def __init__(self, evenement: Evenement) -> None:
        super().__init__(str(evenement))
        self.evenement = evenement


def franchir(
    candidature: Candidature,
    transition: Transition,
    *,
    par: Utilisateur,
    maintenant: datetime,
    motif: str = "",
    montant: Decimal | None = None,
    lu: int | None = None,
) -> Evenement:
    """La seule porte d'un changement d'état : verrou, contrôle, écriture, journal, version figée, courriels inscrits.

    Le circuit franchit ensuite seul ce que les avis déjà rendus permettent. Rend l'événement du passage demandé.
    `lu` : le dernier passage que la personne avait sous les yeux (`dernier_passage`) ; None, elle n'en dit rien.
    Lève PermissionDenied (pas l'acteur), DejaFranchi (déjà fait), Devance (un autre passage a eu lieu depuis), Refus (ce qui
    manque, ou le délai).
    """
    motif = normaliser(motif).strip()
    with transaction.atomic():
        gardee = verrouiller(candidature)
        if not regles.peut(regles.ACTEURS[transition.acteur], par, gardee):
            raise PermissionDenied
        _controler(gardee, transition, maintenant, motif, montant, lu)
        gardee.montant_accorde = montant if transition.montant_exige else None
        evenement = _passer(gardee, transition, par, maintenant, motif)
        _enchainer(gardee, par, maintenant)
        abonnes.prevenir(Candidature.objects.filter(pk=gardee.pk))
        courriels.annoncer(gardee, evenement)
    return evenement


def avancer(candidature: Candidature, *, par: Utilisateur, maintenant: datetime) -> list[Evenement]:
    """Franchit les passages que le circuit franchit seul, après un avis rendu ou rouvert par `par`.

    À appeler dans la transaction qui a écrit l'avis, la candidature verrouillée par `verrouiller` ; elle est relue.
    """
    gardee = verrouiller(candidature)
    evenements = _enchainer(gardee, par, maintenant)
    candidature.etat = gardee.etat
    return evenements


def _enchainer(gardee: Candidature, par: Utilisateur, maintenant: datetime) -> list[Evenement]:
    """Les passages que le circuit franchit seul d'où en est le dossier, jusqu'au premier qui attend quelque chose."""
    evenements = []
    while suivante := next((t for t in AUTOMATIQUES if not raisons(t, gardee, maintenant)), None):
        evenements.append(_passer(gardee, suivante, par, maintenant, ""))
    return evenements


def dernier_passage(candidature: Candidature) -> Evenement | None:
    """Le dernier changement d'état."""
    return candidature.evenements.exclude(vers="").order_by("pk").last()


def _controler(
    candidature: Candidature, transition: Transition, maintenant: datetime, motif: str, montant: Decimal | None, lu: int | None
) -> None:
    deja = candidature.evenements.filter(acte=transition.nom).last() if candidature.etat == transition.vers else None
    memes = candidature.montant_accorde == montant and deja is not None and deja.motif == motif
    if deja and (memes or candidature.etat not in transition.depuis):
        raise DejaFranchi(deja)
    dernier = dernier_passage(candidature) if lu is not None else None
    if dernier and dernier.pk != lu:
        raise Devance(dernier)
    if refus := [*raisons(transition, candidature, maintenant), *_mal_rempli(transition, motif, montant)]:
        raise Refus(refus)


def _mal_rempli(transition: Transition, motif: str, montant: Decimal | None) -> Iterator[str]:
    """Ce qui manque, ou déborde, dans ce que la personne écrit de ce passage."""
    if transition.motif_exige and not motif:
        yield "Écrivez le motif."
    if transition.montant_exige and (montant is None or montant <= 0):
        yield "Écrivez le montant accordé, en euros."
    if len(motif) > MOTIF_MAXIMUM:
        yield f"Ce motif compte {len(motif)} caractères ; le maximum est {MOTIF_MAXIMUM}."


def _passer(candidature: Candidature, transition: Transition, par: Utilisateur, maintenant: datetime, motif: str) -> Evenement:
    depuis, candidature.etat = candidature.etat, transition.vers
    if transition.numerote and not candidature.numero:
        candidature.numero = _numero(candidature)
        candidature.deposee_le = maintenant
    candidature.save(update_fields=["etat", "numero", "deposee_le", "montant_accorde", "modifie_le"])
    evenement = consigner(
        candidature,
        transition.nom,
        par=par,
        le=maintenant,
        depuis=depuis,
        vers=transition.vers,
        motif=motif,
        detail=_detail(candidature, transition, maintenant),
    )
    if transition.fige:
        _figer(candidature, evenement)
    return evenement


def _detail(candidature: Candidature, transition: Transition, maintenant: datetime) -> dict[str, Any]:
    if transition.montant_exige:
        return {"montant": str(candidature.montant_accorde)}
    return {"hors_delai_tolere": True} if transition.a_un_delai and maintenant > candidature.campagne.cloture else {}


def _numero(candidature: Candidature) -> str:
    premier = min(d.pk for d in candidature.departements.all())
    return Compteur.suivant(f"{candidature.campagne.code}-{premier}")


def _figer(candidature: Candidature, evenement: Evenement) -> None:
    rapprochements.indexer([candidature])  # avant les constats, qui cherchent ses semblables
    fiche = en_fiche(candidature)
    Version.objects.create(
        candidature=candidature,
        evenement=evenement,
        fiche=fiche,
        document=en_json(document_vivant(candidature)),
        constats=constats_a_figer(candidature),
        empreinte=empreinte(fiche),
    )
