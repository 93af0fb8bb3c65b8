"""Les actes des administrateurs nationaux sur les campagnes."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from candidatures.models import Campagne, Candidature
from comptes.ecriture import Changements, appliquer, description, verrouiller, verrouiller_l_administration
from comptes.journal import consigner
from comptes.models import Utilisateur

CHAMPS = (
    *("code", "titre", "edition", "ouverture", "cloture", "tolerance_minutes"),
    *("echeance_departementale", "echeance_regionale", "avis_communiques"),
    *("enveloppe", "plafond", "taux_maximum", "duree_minimum", "duree_maximum"),
)
"""Ce qu'un administrateur règle."""
CODE_FIGE = "Un dossier déposé porte déjà ce code dans son numéro : il ne change plus."


def code_est_fige(campagne: Campagne) -> bool:
    """Vrai dès le premier dépôt : le code commence les numéros donnés."""
    return Candidature.objects.deposees().filter(campagne=campagne).exists()


def creer_campagne(campagne: Campagne, *, par: Utilisateur, le: datetime) -> Campagne:
    """Crée la campagne. Lève PermissionDenied, ou ValidationError (code déjà pris, dates à l'envers)."""
    with transaction.atomic():
        verrouiller_l_administration(par, le)
        _refuser_un_code_pris(campagne)
        campagne.full_clean()
        campagne.save()
        consigner("creer_campagne", campagne, par=par, le=le, campagne=campagne.pk, **description(campagne, CHAMPS))
    return campagne


def modifier_campagne(campagne: Campagne, changements: Changements, *, par: Utilisateur, le: datetime) -> None:
    """Écrit les champs changés ; le journal garde l'avant et l'après. Lève PermissionDenied, Conflit, ValidationError."""
    with transaction.atomic():
        verrouiller_l_administration(par, le)
        gardee = verrouiller(campagne)
        ecrits = appliquer(gardee, changements)
        if "code" in ecrits:
            _refuser_un_code_pris(gardee)
            if code_est_fige(gardee):
                raise ValidationError({"code": CODE_FIGE})
        if ecrits:
            consigner("modifier_campagne", gardee, par=par, le=le, campagne=gardee.pk, changements=ecrits)


def _refuser_un_code_pris(campagne: Campagne) -> None:
    """La casse ne distingue pas deux codes : un numéro de dossier se cherche sans elle."""
    autre = Campagne.objects.filter(code__iexact=campagne.code).exclude(pk=campagne.pk).first()
    if autre:
        raise ValidationError({"code": f"« {autre} » porte déjà ce code : choisissez-en un autre."})
