"""Les droits sont relus à chaque pas d'une archive : quand les dossiers se choisissent, et quand chaque PDF se fait."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from candidatures.archives import actions as archives
from candidatures.models import Archive
from comptes.models import Role, Utilisateur
from tests.avis.fabriques import DEPARTEMENT, rendre, un_dossier
from tests.candidatures.documents.outils import texte_de
from tests.fabriques import habiliter, un_agent, un_national, un_organisme, une_candidature

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fichiers_a_part(settings: Any, tmp_path: Path) -> None:
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": backend, "OPTIONS": {"location": tmp_path}}}


def demander(personne: Utilisateur) -> Archive:
    return archives.demander(personne, {}, maintenant=timezone.now())


def preparer(archive: Archive) -> dict[str, bytes]:
    """Tous les pas qui restent ; le contenu du ZIP."""
    while archives.avancer(timezone.now()):
        pass
    archive.refresh_from_db()
    with zipfile.ZipFile(archive.fichier.path) as zip_:
        return {nom: zip_.read(nom) for nom in zip_.namelist()}


def cesser(personne: Utilisateur, role: Role) -> None:
    """Cette fonction lui est retirée."""
    personne.habilitations.filter(role=role).delete()


# --- Au choix --------------------------------------------------------------------------------------------------------------
def test_un_agent_redevenu_bailleur_n_obtient_pas_l_archive_de_sa_liste() -> None:
    """Il lit encore les dossiers de son organisme, mais ne demanderait plus d'archive : celle-ci reste vide."""
    organisme = un_organisme()
    une_candidature(organisme=organisme)
    personne = habiliter(un_agent("77"), Role.DEPOSANT, organisme)
    archive = demander(personne)
    cesser(personne, Role.AGENT)
    assert set(preparer(archive)) == {"LISEZMOI.txt"}
    assert archive.contenu == []


def test_qui_est_toujours_agent_l_obtient() -> None:
    """Le témoin du précédent."""
    organisme = un_organisme()
    dossier = une_candidature(organisme=organisme)
    archive = demander(habiliter(un_agent("77"), Role.DEPOSANT, organisme))
    assert [nom.partition(" ")[0] for nom in preparer(archive)] == [dossier.numero, "LISEZMOI.txt"]


# --- À chaque PDF ----------------------------------------------------------------------------------------------------------
def test_des_droits_retires_entre_deux_pdf_arretent_au_suivant() -> None:
    premier, second = une_candidature(), une_candidature()
    agent = un_agent("77")
    archive = demander(agent)
    archives.avancer(timezone.now())  # les dossiers sont choisis
    archives.avancer(timezone.now())  # le PDF d'un dossier est fait
    cesser(agent, Role.AGENT)
    contenu = preparer(archive)
    assert len([nom for nom in contenu if nom.endswith(".pdf")]) == 1
    assert len(archive.manquants) == 1
    assert archive.manquants[0].endswith(f" : {archives.PLUS_VISIBLE}")
    assert {nom.partition(" ")[0] for nom in (*contenu, *archive.manquants)} >= {premier.numero, second.numero}
    assert not archives.est_encore_permise(archive, Utilisateur.objects.get(pk=agent.pk))


def test_un_national_devenu_agent_n_y_lit_que_l_avis_de_son_departement() -> None:
    dossier = un_dossier(["77", "13"])
    for code in ("77", "13"):
        rendre(dossier, DEPARTEMENT, code, champ_libre=f"Avis propre au {code}.")
    personne = un_national()
    archive = demander(personne)
    archives.avancer(timezone.now())
    cesser(personne, Role.ADMINISTRATEUR)
    service = un_agent("77").habilitations.get().service
    habiliter(personne, Role.AGENT, service)
    (pdf,) = [octets for nom, octets in preparer(archive).items() if nom.endswith(".pdf")]
    texte = texte_de(pdf)
    assert "Avis propre au 77." in texte
    assert "Avis propre au 13." not in texte
    assert [avis for _, _, avis in archive.contenu] == [["avis_departementaux:77"]]
