"""Joindre, remplacer, ranger, retirer, confirmer une annexe : les seuls qui écrivent des annexes.

Le fichier est lu et écrit avant toute transaction ; la ligne ensuite, la candidature verrouillée, un brouillon seulement. Un
fichier resté sans ligne (processus tué, refus) est effacé par le travailleur (`analyse.effacer_les_orphelins`).
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.db.models import Max

from candidatures import regles, verrou
from candidatures.annexes.fichiers.genres import FICHIERS_MAXIMUM, TOTAL_MAXIMAL, Genre
from candidatures.annexes.fichiers.noms import nom_montre
from candidatures.annexes.fichiers.reconnaitre import reconnaitre
from candidatures.annexes.fichiers.refus import FichierRefuse
from candidatures.models import Annexe, Candidature, TypeDAnnexe
from candidatures.models.annexe import chemin_de_l_annexe
from comptes.models import Utilisateur
from hlm_projets.fichiers import MEGAOCTET

TROP_DE_FICHIERS = FichierRefuse(
    "trop_de_fichiers", f"Ce dossier a déjà {FICHIERS_MAXIMUM} annexes, le maximum : retirez-en une."
)
TROP_EN_TOUT = FichierRefuse(
    "trop_en_tout",
    f"Avec ce fichier, les annexes dépasseraient {TOTAL_MAXIMAL // MEGAOCTET} Mo en tout : réduisez-le, ou retirez-en une.",
)
NON_ECRIT = "Le fichier n'a pas pu être enregistré sur le serveur. Réessayez ; le reste du dossier n'est pas touché."
TYPE_RETIRE = FichierRefuse(
    "type_retire", "Ce type d'annexe vient d'être retiré de la campagne : rechargez la page, choisissez-en un autre."
)
RETIREE = FichierRefuse("retiree", "Cette annexe vient d'être retirée par quelqu'un d'autre : rien n'a été fait.")

journal = logging.getLogger(__name__)


class StockageImpossible(Exception):
    """Le disque a refusé le fichier ; le même envoi peut être refait (F-10)."""

    phrase = NON_ECRIT


@dataclass(frozen=True, slots=True)
class Ecrit:
    """Un fichier reconnu et écrit, pas encore rattaché à une candidature."""

    chemin: str
    nom: str
    genre: Genre
    taille: int
    sha256: str


class _Hacheur(File[bytes]):
    """Le fichier reçu ; son empreinte et sa taille se calculent au fil de l'écriture."""

    def __init__(self, fichier: IO[bytes]) -> None:
        super().__init__(fichier)
        self.recu, self.empreinte, self.octets = fichier, hashlib.sha256(), 0

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """Les morceaux du fichier, chacun compté."""
        self.recu.seek(0)
        while morceau := self.recu.read(chunk_size or self.DEFAULT_CHUNK_SIZE):
            self.empreinte.update(morceau)
            self.octets += len(morceau)
            yield morceau


# --- Recevoir un fichier -------------------------------------------------------------------------------------------------
def recevoir(fichier: IO[bytes], nom: str) -> Ecrit:
    """Reconnaît le fichier et l'écrit sous un nom tiré au sort. Lève FichierRefuse, StockageImpossible."""
    try:
        genre = reconnaitre(fichier, nom)
        hacheur = _Hacheur(fichier)
        chemin = default_storage.save(chemin_de_l_annexe(Annexe(), nom), hacheur)
    except OSError as panne:
        journal.exception("Une annexe n'a pas pu être écrite")
        raise StockageImpossible from panne
    return Ecrit(chemin, nom_montre(nom, genre), genre, hacheur.octets, hacheur.empreinte.hexdigest())


def effacer(chemin: str) -> None:
    """Efface le fichier qu'aucune annexe ne nomme plus ; à défaut, le travailleur le fera."""
    with suppress(OSError, DatabaseError):
        if not Annexe.objects.filter(fichier=chemin).exists():
            default_storage.delete(chemin)


@contextmanager
def _recu(fichier: IO[bytes], nom: str) -> Iterator[Ecrit]:
    """Le fichier écrit, le temps d'inscrire sa ligne ; sans ligne, il est repris."""
    ecrit = recevoir(fichier, nom)
    try:
        yield ecrit
    finally:
        effacer(ecrit.chemin)


# --- Joindre et remplacer ------------------------------------------------------------------------------------------------
def joindre(
    candidature: Candidature, type_: TypeDAnnexe, fichier: IO[bytes], nom: str, *, par: Utilisateur, maintenant: datetime
) -> Annexe:
    """Joint un fichier ; le même contenu joint deux fois n'est qu'une annexe.

    Lève FichierRefuse (la phrase dit pourquoi), StockageImpossible, PermissionDenied, PlusModifiable.
    """
    with _recu(fichier, nom) as ecrit, transaction.atomic():
        gardee = _verrouiller(candidature, par)
        if deja := gardee.annexes.filter(sha256=ecrit.sha256).first():
            return deja
        _admettre(gardee, type_)
        _limiter(gardee, ecrit)
        rang = (gardee.annexes.aggregate(dernier=Max("rang"))["dernier"] or 0) + 1
        annexe = _creer(gardee, type_, rang, ecrit, par, maintenant)
        verrou.consigner(gardee, "joindre_annexe", par=par, le=maintenant, detail=_detail(annexe))
    return annexe


def remplacer(
    candidature: Candidature, cle: UUID, fichier: IO[bytes], nom: str, *, par: Utilisateur, maintenant: datetime
) -> Annexe:
    """Met un autre fichier à la place d'une annexe, au même rang et sous le même type ; c'est une autre annexe, à analyser.

    Lève ce que lève `joindre` ; FichierRefuse aussi si l'annexe n'est plus là, ou si ce contenu est déjà celui d'une autre.
    """
    with _recu(fichier, nom) as ecrit, transaction.atomic():
        gardee = _verrouiller(candidature, par)
        ancienne, deja = gardee.annexes.filter(pk=cle).first(), gardee.annexes.filter(sha256=ecrit.sha256).first()
        if deja is not None:
            return _garder(gardee, deja, ancienne, par, maintenant)
        if ancienne is None:
            raise RETIREE
        _limiter(gardee, ecrit, ancienne)
        annexe = _creer(gardee, ancienne.type, ancienne.rang, ecrit, par, maintenant)
        detail = _detail(annexe) | {"remplace": ancienne.sha256}
        verrou.consigner(gardee, "remplacer_annexe", par=par, le=maintenant, detail=detail)
        _supprimer(ancienne)
    return annexe


def _garder(gardee: Candidature, deja: Annexe, ancienne: Annexe | None, par: Utilisateur, maintenant: datetime) -> Annexe:
    """Ce contenu est déjà joint : par le même envoi refait, par l'annexe elle-même (confirmée ainsi), ou par une autre."""
    if ancienne is not None and deja != ancienne:
        raise FichierRefuse("deja", f"Ce fichier est déjà joint, sous le nom « {deja.nom} » : retirez plutôt l'annexe en trop.")
    if ancienne is not None and ancienne.a_confirmer:
        _confirmer(gardee, ancienne, par, maintenant)
    return deja


def _creer(gardee: Candidature, type_: TypeDAnnexe, rang: int, ecrit: Ecrit, par: Utilisateur, maintenant: datetime) -> Annexe:
    etat = Annexe.Etat.EN_ANALYSE if settings.CLAMD_SOCKET else Annexe.Etat.NON_ANALYSEE
    return Annexe.objects.create(
        candidature=gardee,
        type=type_,
        rang=rang,
        nom=ecrit.nom,
        fichier=ecrit.chemin,
        genre=ecrit.genre.code,
        taille=ecrit.taille,
        sha256=ecrit.sha256,
        etat=etat,
        jointe_par=par,
        jointe_le=maintenant,
    )


def _limiter(gardee: Candidature, ecrit: Ecrit, ancienne: Annexe | None = None) -> None:
    """15 fichiers et 150 Mo par dossier (A-10), celui qu'on remplace mis à part."""
    autres = [annexe.taille for annexe in gardee.annexes.all() if annexe != ancienne]
    if len(autres) >= FICHIERS_MAXIMUM:
        raise TROP_DE_FICHIERS
    if sum(autres) + ecrit.taille > TOTAL_MAXIMAL:
        raise TROP_EN_TOUT


# --- Ranger, changer de type, confirmer, retirer -------------------------------------------------------------------------
def ordonner(candidature: Candidature, cle: UUID, rang: int, *, par: Utilisateur, maintenant: datetime) -> None:
    """Met l'annexe à ce rang (à partir de 1) ; refait, ne change rien. Lève FichierRefuse, PermissionDenied, PlusModifiable."""
    with transaction.atomic():
        gardee = _verrouiller(candidature, par)
        annexe, ordre = _trouver(gardee, cle), list(gardee.annexes.all())
        voulu = [autre for autre in ordre if autre != annexe]
        voulu.insert(min(max(rang, 1), len(ordre)) - 1, annexe)
        if voulu == ordre:
            return
        for rang_, autre in enumerate(voulu, 1):
            autre.rang = rang_
        Annexe.objects.bulk_update(voulu, ["rang"])
        verrou.consigner(gardee, "ordonner_annexes", par=par, le=maintenant, detail=_detail(annexe) | {"rang": annexe.rang})


def changer_de_type(candidature: Candidature, cle: UUID, type_: TypeDAnnexe, *, par: Utilisateur, maintenant: datetime) -> None:
    """Range l'annexe sous un autre type. Lève FichierRefuse, PermissionDenied, PlusModifiable."""
    with transaction.atomic():
        gardee = _verrouiller(candidature, par)
        annexe = _trouver(gardee, cle)
        _admettre(gardee, type_)
        if annexe.type_id == type_.pk:
            return
        annexe.type = type_
        annexe.save(update_fields=["type"])
        verrou.consigner(gardee, "changer_le_type_d_annexe", par=par, le=maintenant, detail=_detail(annexe))


def confirmer(candidature: Candidature, cle: UUID, *, par: Utilisateur, maintenant: datetime) -> None:
    """Garde une annexe reprise d'une édition antérieure. Lève FichierRefuse, PermissionDenied, PlusModifiable."""
    with transaction.atomic():
        gardee = _verrouiller(candidature, par)
        annexe = _trouver(gardee, cle)
        if annexe.a_confirmer:
            _confirmer(gardee, annexe, par, maintenant)


def retirer(candidature: Candidature, cle: UUID, *, par: Utilisateur, maintenant: datetime) -> None:
    """Retire une annexe et son fichier ; refait, ne change rien. Lève PermissionDenied, PlusModifiable."""
    with transaction.atomic():
        gardee = _verrouiller(candidature, par)
        if annexe := gardee.annexes.filter(pk=cle).first():
            verrou.consigner(gardee, "retirer_annexe", par=par, le=maintenant, detail=_detail(annexe))
            _supprimer(annexe)


def _confirmer(gardee: Candidature, annexe: Annexe, par: Utilisateur, maintenant: datetime) -> None:
    annexe.a_confirmer = False
    annexe.save(update_fields=["a_confirmer"])
    verrou.consigner(gardee, "confirmer_annexe", par=par, le=maintenant, detail=_detail(annexe))


def _supprimer(annexe: Annexe) -> None:
    """La ligne d'abord ; le fichier, une fois la transaction acquise."""
    chemin = str(annexe.fichier)
    annexe.delete()
    transaction.on_commit(partial(effacer, chemin))


def _verrouiller(candidature: Candidature, par: Utilisateur) -> Candidature:
    """La candidature retenue, si la personne la remplit et si sa fiche est ouverte."""
    gardee = verrou.verrouiller(candidature, Candidature.objects.all())
    if not regles.peut(regles.peut_remplir, par, gardee):
        raise PermissionDenied
    if not regles.fiche_ouverte(gardee):
        raise verrou.PlusModifiable
    return gardee


def _trouver(gardee: Candidature, cle: UUID) -> Annexe:
    annexe = gardee.annexes.select_related("type").filter(pk=cle).first()
    if annexe is None:
        raise RETIREE
    return annexe


def _admettre(gardee: Candidature, type_: TypeDAnnexe) -> None:
    """Un type d'une autre campagne ne vient pas de la page ; celui-ci est retenu : un administrateur peut être en train de le retirer."""
    if type_.campagne_id != gardee.campagne_id:
        raise PermissionDenied
    retenu = TypeDAnnexe.objects.select_for_update(of=("self",), no_key=True).filter(pk=type_.pk)
    if not retenu.exists():
        raise TYPE_RETIRE


def _detail(annexe: Annexe) -> dict[str, Any]:
    """Ce que le journal en garde : de quoi la reconnaître, rien de ce qu'une personne a écrit."""
    return {
        "piece": str(annexe.pk),
        "type": annexe.type_id,
        "genre": annexe.genre,
        "taille": annexe.taille,
        "sha256": annexe.sha256,
    }
