"""Les actes des administrateurs nationaux sur les campagnes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from candidatures import abonnes
from candidatures.models import Campagne, Candidature, TypeDAnnexe
from comptes.ecriture import Changements, Conflit, appliquer, description, verrouiller, verrouiller_l_administration
from comptes.journal import consigner
from comptes.models import Utilisateur

CHAMPS = (
    *("code", "titre", "edition", "ouverture", "cloture", "tolerance_minutes"),
    *("echeance_departementale", "echeance_regionale", "avis_communiques"),
    *("enveloppe", "plafond", "taux_maximum", "duree_minimum", "duree_maximum"),
)
"""Ce qu'un administrateur règle."""
ECHEANCES = {"echeance_departementale", "echeance_regionale"}
CODE_FIGE = "Un dossier déposé porte déjà ce code dans son numéro : il ne change plus."


def code_est_fige(campagne: Campagne) -> bool:
    """Vrai dès le premier dépôt : le code commence les numéros donnés."""
    return Candidature.objects.deposees().filter(campagne=campagne).exists()


def creer_campagne(campagne: Campagne, *, par: Utilisateur, le: datetime) -> Campagne:
    """Crée la campagne. Lève PermissionDenied, ou ValidationError (code déjà pris, dates à l'envers)."""
    with transaction.atomic():
        verrouiller_l_administration(par, le)
        refuser_un_code_pris(campagne.code, campagne.pk)
        campagne.full_clean()
        campagne.save()
        TypeDAnnexe.objects.creer_les_habituels(campagne)
        consigner("creer_campagne", campagne, par=par, le=le, campagne=campagne.pk, **description(campagne, CHAMPS))
    return campagne


def modifier_campagne(campagne: Campagne, changements: Changements, *, par: Utilisateur, le: datetime) -> None:
    """Écrit les champs changés ; le journal garde l'avant et l'après. Lève PermissionDenied, Conflit, ValidationError."""
    with transaction.atomic():
        verrouiller_l_administration(par, le)
        gardee = verrouiller(campagne)
        ecrits = appliquer(gardee, changements)
        if "code" in ecrits:
            refuser_un_code_pris(gardee.code, gardee.pk)
            if code_est_fige(gardee):
                raise ValidationError({"code": CODE_FIGE})
        if ecrits:
            consigner("modifier_campagne", gardee, par=par, le=le, campagne=gardee.pk, changements=ecrits)
        if ECHEANCES.intersection(ecrits):
            abonnes.prevenir(
                Candidature.objects.filter(campagne=gardee)
            )  # brouillons compris : l'un se dépose peut-être à cet instant


def regler_les_controles(
    campagne: Campagne, niveaux: Mapping[str, str], *, lus: Mapping[str, str], par: Utilisateur, le: datetime
) -> None:
    """Choisit le niveau des contrôles de cohérence, par code ; un code absent reprend le niveau habituel. `lus` : ceux de la page.

    Lève PermissionDenied, ou Conflit si un autre administrateur a réglé les mêmes entre-temps.
    """
    with transaction.atomic():
        verrouiller_l_administration(par, le)
        gardee = verrouiller(campagne)
        if changements := _niveaux_a_changer(gardee, niveaux, lus):
            voulus = gardee.niveaux | {code: voulu for code, (_, voulu) in changements.items()}
            gardee.niveaux = {code: niveau for code, niveau in voulus.items() if niveau}
            gardee.save(update_fields=["niveaux"])
            consigner("regler_les_controles", gardee, par=par, le=le, campagne=gardee.pk, changements=changements)


def _niveaux_a_changer(gardee: Campagne, niveaux: Mapping[str, str], lus: Mapping[str, str]) -> dict[str, list[str]]:
    """Par code : le niveau gardé et le voulu, là où la page a changé quelque chose. Lève Conflit."""
    changes = sorted(code for code in {*lus, *niveaux} if lus.get(code) != niveaux.get(code))
    avant = {code: gardee.niveaux.get(code) for code in changes}
    if disputes := [code for code, garde in avant.items() if garde not in (lus.get(code), niveaux.get(code))]:
        raise Conflit(gardee, disputes)
    return {code: [garde or "", niveaux.get(code, "")] for code, garde in avant.items() if garde != niveaux.get(code)}


def refuser_un_code_pris(code: str, pk: int | None) -> None:
    """Lève ValidationError si une autre campagne que `pk` le porte ; sans égard à la casse, comme on cherche un numéro."""
    autre = Campagne.objects.filter(code__iexact=code).exclude(pk=pk or 0).first()
    if autre:
        raise ValidationError({"code": f"« {autre} » porte déjà ce code : choisissez-en un autre."})
