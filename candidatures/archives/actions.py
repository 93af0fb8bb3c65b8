"""Les archives ZIP : demandées par une personne, préparées par le travailleur, gardées un temps court.

Le travailleur fait un PDF par tour et le range ; le dernier fait, il les assemble. Un verrou de fichier dit quelle archive est
en main : le système le rend à la mort du processus, si bien qu'un autre travailleur reprend aussitôt, au dossier où c'en était.
"""

from __future__ import annotations

import fcntl
import logging
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.db.models import F

from candidatures.documents.pdf import PdfImpossible, produire_pdf
from candidatures.dossier.forms.liste import FiltreDesCandidatures
from candidatures.lecture.avis_lus import Avis, visibles
from candidatures.lecture.composition import document_de
from candidatures.models import Archive, Candidature
from comptes.journal import consigner
from comptes.models import Utilisateur
from comptes.portees import portee_de
from hlm_projets.fichiers import nom_de_fichier
from territoires.heures import dire

GARDE = timedelta(hours=32)
"""Une archive prête est effacée après ce temps."""
MAXIMUM_EN_COURS = 3
PLUS_VISIBLE = "n'est plus dans cette liste"
EN_ECHEC = "le PDF n'a pas pu être produit"

journal = logging.getLogger(__name__)


class TropDArchives(Exception):
    """La personne a déjà assez d'archives en préparation."""


# --- Demander et retrouver ---------------------------------------------------------------------------------------------
def demander(personne: Utilisateur, parametres: Mapping[str, str], *, maintenant: datetime) -> Archive:
    """Inscrit la demande, ou rend celle qui est déjà en cours pour les mêmes filtres. Lève TropDArchives."""
    with transaction.atomic():
        Utilisateur.objects.select_for_update(of=("self",)).get(pk=personne.pk)  # deux clics s'attendent ici
        en_cours = list(Archive.objects.filter(demandee_par=personne, etat=Archive.Etat.DEMANDEE))
        if deja := next((a for a in en_cours if a.parametres == dict(parametres)), None):
            return deja
        if len(en_cours) >= MAXIMUM_EN_COURS:
            raise TropDArchives
        archive = Archive.objects.create(demandee_par=personne, demandee_le=maintenant, parametres=dict(parametres))
        consigner("demander_archive", archive, par=personne, le=maintenant, archive=str(archive.pk), **archive.parametres)
    return archive


def est_encore_permise(archive: Archive, personne: Utilisateur) -> bool:
    """Vrai si la personne l'a demandée et peut encore lire tout ce qu'elle contient."""
    if archive.demandee_par_id != personne.pk or not portee_de(personne).consulte:
        return False
    contenus = {pk: set(avis) for pk, _, avis in archive.contenu}
    lisibles = Candidature.objects.consultables_par(personne).filter(pk__in=contenus).select_related("campagne").avec_avis()
    encore = {candidature.pk: _cles_des_avis(visibles(candidature, personne)) for candidature in lisibles}
    return all(pk in encore and avis <= encore[pk] for pk, avis in contenus.items())


def _cles_des_avis(avis: Avis) -> set[str]:
    """« avis_departementaux:77 » : ce qu'il faut pouvoir lire encore quand on télécharge."""
    return {f"{accesseur}:{un.territoire_id}" for accesseur, rendus in avis.items() for un in rendus}


# --- Préparer ----------------------------------------------------------------------------------------------------------
def avancer(maintenant: datetime) -> bool:
    """Fait un pas d'une archive que personne n'a en main, la plus près d'être finie d'abord ; rend True s'il y en avait une."""
    for archive in Archive.objects.filter(etat=Archive.Etat.DEMANDEE).order_by(F("total") - F("faits"), "demandee_le"):
        try:
            with en_main(archive) as libre:
                if libre and _faire_un_pas(archive.pk, maintenant):
                    return True
        except OSError:  # plus de place, droits manquants : inutile d'insister
            journal.exception("L'archive %s ne peut pas être écrite", archive.pk)
            Archive.objects.filter(pk=archive.pk).update(etat=Archive.Etat.ECHOUEE, prete_le=maintenant)
            shutil.rmtree(_dossier(archive), ignore_errors=True)
    return False


@contextmanager
def en_main(archive: Archive) -> Iterator[bool]:
    """Prend l'archive si aucun processus vivant ne l'a ; dit si c'est fait."""
    dossier = _dossier(archive)
    dossier.mkdir(parents=True, exist_ok=True)
    with (dossier / "verrou").open("w") as verrou:
        try:
            fcntl.flock(verrou, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _faire_un_pas(cle: Any, maintenant: datetime) -> bool:
    """Choisit les dossiers, ou en fait un, ou assemble. L'archive est relue : un autre a pu la finir entre-temps."""
    archive = Archive.objects.select_related("demandee_par").filter(pk=cle, etat=Archive.Etat.DEMANDEE).first()
    if archive is None:
        return False
    if archive.reservee_le is None:
        _choisir(archive, maintenant)
    elif archive.faits < archive.total:
        _faire_un_pdf(archive)
    else:
        _assembler(archive, maintenant)
    return True


def _choisir(archive: Archive, maintenant: datetime) -> None:
    """Rejoue les filtres, avec les droits qu'a le demandeur à cet instant."""
    retenues = FiltreDesCandidatures(archive.parametres, archive.demandee_par).qs.only("pk", "numero", "nom")
    permises = retenues if portee_de(archive.demandee_par).consulte else retenues.none()
    archive.contenu = [[c.pk, nom_de_fichier(f"{c.reference} {c.titre}"), []] for c in permises]
    archive.total, archive.reservee_le = len(archive.contenu), maintenant
    archive.save(update_fields=["contenu", "total", "reservee_le"])


def _faire_un_pdf(archive: Archive) -> None:
    rang = archive.faits
    cle, nom, _ = archive.contenu[rang]
    candidature = Candidature.objects.consultables_par(archive.demandee_par).pour_lecture().avec_avis().filter(pk=cle).first()
    avis = visibles(candidature, archive.demandee_par) if candidature else {}
    raison = _ecrire_le_pdf(candidature, avis, _pdf(archive, rang)) if candidature else PLUS_VISIBLE
    if raison:
        archive.manquants.append(f"{nom} : {raison}")
    else:
        archive.contenu[rang] = [cle, nom, sorted(_cles_des_avis(avis))]
    Archive.objects.filter(pk=archive.pk).update(faits=F("faits") + 1, manquants=archive.manquants, contenu=archive.contenu)


def _ecrire_le_pdf(candidature: Candidature, avis: Avis, fichier: Path) -> str:
    """Écrit le PDF d'un dossier, avec ces avis ; rend la raison si ce n'est pas possible. Un dossier fautif n'arrête pas les autres."""
    try:
        pdf = produire_pdf(document_de(candidature, avis=avis))
    except PdfImpossible as echec:
        return echec.phrase
    except (OSError, DatabaseError):
        raise
    except Exception:
        journal.exception("Le PDF de %s a échoué", candidature.reference)
        return EN_ECHEC
    fichier.write_bytes(pdf)
    return ""


def _assembler(archive: Archive, maintenant: datetime) -> None:
    """Fait le ZIP à côté, le met à sa place d'un coup, puis déclare l'archive prête."""
    nom = f"archives/{archive.pk}.zip"
    provisoire = _dossier(archive) / "assemblage"
    with zipfile.ZipFile(provisoire, "w", zipfile.ZIP_STORED) as zip_:  # un PDF est déjà comprimé
        for rang, (_, fichier, _) in enumerate(archive.contenu):
            if _pdf(archive, rang).exists():
                zip_.write(_pdf(archive, rang), f"{fichier}.pdf")
        zip_.writestr("LISEZMOI.txt", _lisez_moi(archive, maintenant))
    provisoire.replace(default_storage.path(nom))
    with transaction.atomic():
        archive.etat, archive.prete_le, archive.fichier.name = Archive.Etat.PRETE, maintenant, nom
        archive.save(update_fields=["etat", "prete_le", "fichier"])
        detail = {"archive": str(archive.pk), "dossiers": archive.total, "manquants": len(archive.manquants)}
        consigner("preparer_archive", archive, par=archive.demandee_par, le=maintenant, **detail)
    shutil.rmtree(_dossier(archive), ignore_errors=True)


def _lisez_moi(archive: Archive, maintenant: datetime) -> str:
    """Ce que contient le ZIP, et ce qui n'a pas pu y entrer."""
    filtres = FiltreDesCandidatures(archive.parametres, archive.demandee_par).en_mots
    lignes = [
        f"Candidatures de la liste : {' ; '.join(filtres) or 'sans filtre'}.",
        f"Archive préparée le {dire(maintenant)} : {archive.total - len(archive.manquants)} PDF sur {archive.total}.",
    ]
    if archive.manquants:
        lignes += ["", "Sans PDF :", *(f"- {manquant}" for manquant in archive.manquants)]
    return "\r\n".join([*lignes, ""])


# --- Effacer -----------------------------------------------------------------------------------------------------------
def effacer_les_perimees(maintenant: datetime) -> bool:
    """Efface le fichier des archives prêtes depuis plus de 32 heures ; la ligne reste, qui dit qu'il y en a eu une."""
    perimees = Archive.objects.filter(prete_le__lt=maintenant - GARDE).exclude(fichier="")
    for archive in perimees:
        archive.fichier.delete(save=False)
        Archive.objects.filter(pk=archive.pk).update(fichier="", contenu=[])
    return bool(perimees)


def _dossier(archive: Archive) -> Path:
    return Path(default_storage.path(f"archives/{archive.pk}"))


def _pdf(archive: Archive, rang: int) -> Path:
    return _dossier(archive) / f"{rang}.pdf"
