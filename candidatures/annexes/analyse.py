"""Ce que le travailleur fait des annexes : les soumettre à l'antivirus, alerter s'il tarde, effacer les fichiers sans ligne.

Une annexe se réserve en repoussant son prochain essai : un travailleur tué pendant l'analyse la rend à l'échéance, et l'analyser
deux fois ne change rien. Un antivirus injoignable repousse toutes celles qui l'attendent : les autres besognes ne l'attendent pas.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Least
from django.db.models.query import QuerySet

from candidatures.annexes import courriels
from candidatures.annexes.fichiers.antivirus import Injoignable, analyser
from candidatures.models import Annexe, Candidature, Evenement

REPRISE = timedelta(minutes=1)
"""Après un essai sans verdict, ou interrompu."""
RETARD = timedelta(minutes=15)
"""Au-delà, une annexe qui attend fait une ligne au journal technique, une fois par quart d'heure (A-8)."""
ESSAIS_COMPTES = 1_000
"""Au-delà, les essais ne se comptent plus : leur colonne est bornée, et un fichier perdu se réessaie sans fin."""
GARDE = timedelta(hours=1)
"""Âge d'un fichier sans ligne avant qu'il soit effacé : celui d'un envoi en cours est bien plus jeune."""
DOSSIER = "pieces"
AUTEUR = "antivirus"
_MORCEAU = 64 * 1024

journal = logging.getLogger(__name__)


# --- Analyser --------------------------------------------------------------------------------------------------------------
def analyser_la_prochaine(maintenant: datetime) -> bool:
    """Analyse une annexe ; rend False s'il n'y en a aucune dont ce soit l'heure."""
    if not settings.CLAMD_SOCKET:
        return _se_passer_d_antivirus()
    annexe = _reserver(maintenant)
    if annexe is None:
        return False
    try:
        with annexe.fichier.open("rb") as contenu:
            trouve = analyser(iter(partial(contenu.read, _MORCEAU), b""), settings.CLAMD_SOCKET)
    except (Injoignable, OSError) as panne:
        _reporter(annexe, panne, maintenant)
    else:
        _conclure(annexe, trouve, maintenant)
    return True


def _a_analyser(maintenant: datetime) -> QuerySet[Annexe]:
    """Celles qui attendent, et celles d'avant l'antivirus ; une qu'il ne sait pas lire passe après les autres, jamais devant."""
    heure = Q(prochain_essai_le=None) | Q(prochain_essai_le__lte=maintenant)
    attendent = Annexe.objects.filter(heure, etat__in=(Annexe.Etat.EN_ANALYSE, Annexe.Etat.NON_ANALYSEE))
    return attendent.order_by("etat", "essais", "jointe_le")


def _reserver(maintenant: datetime) -> Annexe | None:
    """Prend une annexe pour ce seul travailleur : PostgreSQL saute celle qu'un autre tient, SQLite met les écritures à la file."""
    with transaction.atomic():
        libres = _a_analyser(maintenant)
        annexe = libres.select_for_update(skip_locked=True, of=("self",)).first()
        if annexe is None:
            return None
        essais = Least(F("essais") + 1, ESSAIS_COMPTES)
        pris = libres.filter(pk=annexe.pk).order_by().update(prochain_essai_le=maintenant + REPRISE, essais=essais)
    return annexe if pris else None


def _se_passer_d_antivirus() -> bool:
    """Sans antivirus, rien n'attend plus : la page dit que le fichier n'a pas été analysé."""
    return bool(Annexe.objects.filter(etat=Annexe.Etat.EN_ANALYSE).update(etat=Annexe.Etat.NON_ANALYSEE))


def _reporter(annexe: Annexe, panne: Exception, maintenant: datetime) -> None:
    """Rien n'est su du fichier, qui attend encore ; si c'est l'antivirus qui manque, les autres n'ont pas à l'essayer pour rien."""
    journal.warning("Annexe %s non analysée : %s", annexe.pk, panne)
    if isinstance(panne, Injoignable):
        _a_analyser(maintenant).order_by().update(prochain_essai_le=maintenant + REPRISE)


def _conclure(annexe: Annexe, trouve: str, maintenant: datetime) -> None:
    """Le verdict ; une annexe retirée pendant l'analyse n'en a plus besoin."""
    with transaction.atomic():
        gardee = Annexe.objects.select_for_update(of=("self",)).filter(pk=annexe.pk).first()
        if gardee is None:
            return
        gardee.etat = Annexe.Etat.INFECTEE if trouve else Annexe.Etat.SAINE
        gardee.analyse, gardee.analysee_le = trouve[:200], maintenant
        gardee.save(update_fields=["etat", "analyse", "analysee_le"])
        if trouve:
            _mettre_a_l_ecart(gardee, maintenant)


def _mettre_a_l_ecart(annexe: Annexe, maintenant: datetime) -> None:
    """Une ligne au journal du dossier, et un courriel à qui l'a jointe ; le fichier reste, et n'est plus servi à personne."""
    candidature = Candidature.objects.pour_entete().get(pk=annexe.candidature_id)
    Evenement.objects.create(
        candidature=candidature,
        acte="ecarter_annexe",
        objet=str(candidature)[:350],
        par_nom=AUTEUR,
        le=maintenant,
        detail={"piece": str(annexe.pk), "trouve": annexe.analyse, "sha256": annexe.sha256},
    )
    courriels.annexe_ecartee(candidature, annexe)
    journal.error("Annexe %s mise à l'écart : %s", annexe.pk, annexe.analyse)


def alerter_si_l_antivirus_tarde(maintenant: datetime) -> bool:
    """Au plus une ligne par quart d'heure, tous travailleurs confondus."""
    en_retard = Annexe.objects.filter(etat=Annexe.Etat.EN_ANALYSE, jointe_le__lt=maintenant - RETARD)
    if not en_retard.exists() or not cache.add("candidatures:antivirus_en_retard", True, RETARD.total_seconds()):
        return False
    plus_ancienne = en_retard.earliest("jointe_le")
    minutes = round(plus_ancienne.attend_depuis(maintenant))
    journal.error("L'antivirus tarde : %d annexes attendent, la plus ancienne depuis %d minutes", en_retard.count(), minutes)
    return True


# --- Effacer ---------------------------------------------------------------------------------------------------------------
class Menage:
    """Efface les fichiers sans ligne, une fois par heure et par travailleur."""

    def __init__(self) -> None:
        self.prochain: datetime | None = None

    def faire(self, maintenant: datetime) -> bool:
        """Rend True si quelque chose a été effacé."""
        if self.prochain is not None and maintenant < self.prochain:
            return False
        self.prochain = maintenant + GARDE
        return effacer_les_orphelins(maintenant)


def effacer_les_orphelins(maintenant: datetime) -> bool:
    """Efface les fichiers de plus d'une heure qu'aucune annexe ne nomme : envoi interrompu, brouillon supprimé."""
    efface = False
    for dossier in _dossiers():
        chemins = [f"{dossier}/{nom}" for nom in default_storage.listdir(dossier)[1]]
        connus = set(Annexe.objects.filter(fichier__in=chemins).values_list("fichier", flat=True))
        for chemin in chemins:
            efface |= chemin not in connus and _effacer_s_il_est_vieux(chemin, maintenant)
    return efface


def _dossiers() -> list[str]:
    try:
        return [f"{DOSSIER}/{nom}" for nom in default_storage.listdir(DOSSIER)[0]]
    except FileNotFoundError:
        return []


def _effacer_s_il_est_vieux(chemin: str, maintenant: datetime) -> bool:
    with suppress(OSError):
        if default_storage.get_modified_time(chemin).astimezone(UTC) < maintenant - GARDE:
            default_storage.delete(chemin)
            return True
    return False
