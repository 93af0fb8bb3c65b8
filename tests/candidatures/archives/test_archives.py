"""Les archives : demandées une fois, préparées par un travailleur qu'on peut tuer, rendues à leur demandeur seul."""

from __future__ import annotations

import signal
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.storage import default_storage
from django.test import Client, override_settings
from django.utils import timezone

from candidatures.archives import actions as archives
from candidatures.etats import Etat
from candidatures.models import Archive, Candidature, Evenement, Version
from candidatures.saisie.actions import supprimer
from comptes.models import Acte, Habilitation, Utilisateur
from territoires.models import Departement
from tests.courses import VERROUS, ensemble
from tests.fabriques import Monde, un_brouillon, un_national, une_candidature
from tests.hlm_projets.conftest import Travailleurs
from tests.hlm_projets.serveur_smtp import ServeurSmtp

Ouvrir = Callable[[str], Client]
DEMANDE = "/candidatures/archives/"


@pytest.fixture(autouse=True)
def _fichiers_a_part(tmp_path: Path) -> Iterator[None]:
    """Le même dossier que celui des travailleurs de `Travailleurs`, qui ont `tmp_path` pour VAR_DIR."""
    options = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "fichiers"}}
    with override_settings(STORAGES={"default": options, "staticfiles": _statiques()}):
        yield


def _statiques() -> dict[str, Any]:
    return {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


def demander(client: Client, **filtres: str) -> Archive:
    reponse = client.post(DEMANDE, filtres)
    assert reponse.status_code == 302
    return Archive.objects.get(pk=reponse["Location"].rstrip("/").split("/")[-1])


def preparer(le: datetime | None = None) -> None:
    """Tous les pas, comme le travailleur."""
    while archives.avancer(le or timezone.now()):
        pass


def adresse(archive: Archive, *, zip_: bool = False) -> str:
    return f"{DEMANDE}{archive.pk}/" + ("candidatures.zip" if zip_ else "")


def statut(client: Client, archive: Archive, *, zip_: bool) -> int:
    reponse = client.get(adresse(archive, zip_=zip_))
    reponse.getvalue()  # lue jusqu'au bout : son fichier est refermé
    return reponse.status_code


def telecharger(client: Client, archive: Archive) -> zipfile.ZipFile:
    reponse = client.get(adresse(archive, zip_=True))
    assert reponse.status_code == 200
    return zipfile.ZipFile(BytesIO(reponse.getvalue()))


# --- Demander ---------------------------------------------------------------------------------------------------------
def test_un_double_clic_ne_fait_qu_une_archive(monde: Monde, client_de: Ouvrir) -> None:
    assert monde.deposee_a.pk
    client = client_de("administrateur")
    premiere = demander(client, etat="deposee", intrus="x", tri="")
    assert demander(client, etat="deposee") == premiere
    assert premiere.parametres == {"etat": "deposee"}
    assert demander(client, region="11") != premiere
    assert demander(client_de("lecteur"), etat="deposee") != premiere
    assert Acte.objects.filter(acte="demander_archive").count() == 3


def test_trois_archives_en_cours_au_plus(monde: Monde, client_de: Ouvrir) -> None:
    assert monde.deposee_a.pk
    client = client_de("administrateur")
    for tri in ("numero", "nom", "organisme"):
        demander(client, tri=tri)
    reponse = client.post(DEMANDE, {"tri": "menages", "etat": "deposee"}, follow=True)
    assert reponse.redirect_chain == [("/candidatures/?etat=deposee&tri=menages", 302)]
    assert "plusieurs archives en préparation" in reponse.content.decode()
    assert Archive.objects.count() == 3


def test_une_liste_vide_ne_se_demande_pas(monde: Monde, client_de: Ouvrir) -> None:
    reponse = client_de("administrateur").post(DEMANDE, {"etat": "retenue"}, follow=True)
    assert "il n&#x27;y a rien à télécharger" in reponse.content.decode()
    assert not Archive.objects.exists()


@pytest.mark.parametrize("role", ["redacteur", "deposant"])
def test_un_bailleur_n_en_demande_pas(client_de: Ouvrir, role: str) -> None:
    assert client_de(role).post(DEMANDE).status_code == 404


def test_demander_est_un_acte(client_de: Ouvrir) -> None:
    assert client_de("administrateur").get(DEMANDE).status_code == 405


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@VERROUS
def test_huit_clics_simultanes_ne_font_qu_une_archive(verrou: bool) -> None:
    personne = un_national()

    def cliquer() -> UUID:
        return archives.demander(personne, {"etat": "deposee"}, maintenant=timezone.now()).pk

    cles = set(ensemble([cliquer] * 8, verrou=verrou))
    assert cles == set(Archive.objects.values_list("pk", flat=True))
    assert len(cles) == (1 if verrou else 8), "sans verrou, la course doit se voir"


# --- Préparer ---------------------------------------------------------------------------------------------------------
def test_l_archive_contient_ce_que_montre_la_liste(monde: Monde, client_de: Ouvrir) -> None:
    une_candidature(campagne=monde.campagne, organisme=monde.organisme_a, nom='Un "nom" : 1/2 <x>\u202e?')
    assert monde.deposee_b.pk
    client = client_de("agent_departemental")
    archive = demander(client)
    assert "En attente" in client.get(adresse(archive)).content.decode()
    assert client.get(adresse(archive, zip_=True)).status_code == 404
    archives.avancer(timezone.now())
    assert "0 sur 1" in client.get(adresse(archive)).content.decode()
    preparer()
    assert "1 dossier," in client.get(adresse(archive)).content.decode()
    contenu = telecharger(client, archive)
    assert contenu.namelist() == ["2026-77-001 Un nom 1 2 x.pdf", "LISEZMOI.txt"]
    assert contenu.read(contenu.namelist()[0]).startswith(b"%PDF-")
    assert "1 PDF sur 1" in contenu.read("LISEZMOI.txt").decode()
    assert [acte.acte for acte in Acte.objects.order_by("pk")] == ["demander_archive", "preparer_archive", "telecharger_archive"]
    assert list(Path(default_storage.path("archives")).iterdir()) == [Path(default_storage.path(f"archives/{archive.pk}.zip"))]


def test_les_droits_sont_ceux_du_moment_de_la_preparation(monde: Monde, client_de: Ouvrir) -> None:
    assert monde.deposee_a.pk
    archive = demander(client_de("agent_departemental"))
    Habilitation.objects.filter(utilisateur=monde.personne("agent_departemental")).delete()
    preparer()
    archive.refresh_from_db()
    assert (archive.etat, archive.contenu) == (Archive.Etat.PRETE, [])


def test_un_dossier_disparu_en_route_est_dit(monde: Monde, client_de: Ouvrir) -> None:
    client = client_de("administrateur")
    assert monde.deposee_a.pk
    perdu = un_brouillon(monde.campagne, monde.organisme_a, par=monde.personne("deposant"), nom="Perdu")
    archive = demander(client)
    archives.avancer(timezone.now())
    supprimer(perdu, par=monde.personne("deposant"), maintenant=timezone.now())
    preparer()
    archive.refresh_from_db()
    assert archive.manquants == [f"{perdu.reference} Perdu : n'est plus dans cette liste"]
    with zipfile.ZipFile(archive.fichier.path) as contenu:
        assert "1 PDF sur 2" in contenu.read("LISEZMOI.txt").decode()
        assert f"- {perdu.reference} Perdu" in contenu.read("LISEZMOI.txt").decode()
    assert client.get(adresse(archive)).status_code == 404  # elle nommerait un dossier qu'on ne peut plus lire


def test_un_dossier_illisible_n_arrete_pas_les_autres(monde: Monde, client_de: Ouvrir) -> None:
    """Une version figée abîmée : son PDF échoue, les autres se font."""
    abimee, saine = monde.deposee_a, monde.deposee_b
    evenement = Evenement.objects.create(candidature=abimee, acte="essai")
    Version.objects.create(candidature=abimee, evenement=evenement, fiche={}, document={"illisible": True}, empreinte="")
    client = client_de("administrateur")
    archive = demander(client)
    preparer()
    page = client.get(adresse(archive)).content.decode()
    assert "1 dossier sans PDF" in page
    assert f"<li>{abimee.numero} " in page
    [nom, _] = telecharger(client, archive).namelist()
    assert nom.startswith(str(saine.numero))


def test_un_disque_inutilisable_est_un_echec_dit(monde: Monde, client_de: Ouvrir) -> None:
    assert monde.deposee_a.pk
    client = client_de("administrateur")
    archive = demander(client)
    Path(default_storage.path("archives")).parent.mkdir(parents=True)
    Path(default_storage.path("archives")).write_text("un fichier à la place du dossier")
    assert not archives.avancer(timezone.now())
    assert "n’a pas pu être préparée" in client.get(adresse(archive)).content.decode()


def test_une_archive_en_main_n_est_pas_prise_par_un_autre(monde: Monde, client_de: Ouvrir) -> None:
    assert monde.deposee_a.pk
    archive = demander(client_de("administrateur"))
    with archives.en_main(archive) as prise:
        assert prise
        assert not archives.avancer(timezone.now())
    assert archives.avancer(timezone.now())


def test_la_plus_courte_passe_devant(monde: Monde, client_de: Ouvrir) -> None:
    """Une grosse archive commencée n'en fait pas attendre une petite."""
    assert monde.deposee_a != monde.deposee_b
    longue = demander(client_de("administrateur"))
    archives.avancer(timezone.now())
    courte = demander(client_de("agent_departemental"))
    for _ in range(3):
        archives.avancer(timezone.now())
    assert [Archive.objects.get(pk=a.pk).etat for a in (courte, longue)] == [Archive.Etat.PRETE, Archive.Etat.DEMANDEE]


# --- Rendre -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def prete(monde: Monde, client_de: Ouvrir) -> Archive:
    """Celle d'un agent, sur un dossier."""
    assert monde.deposee_a.pk
    archive = demander(client_de("agent_departemental"))
    preparer()
    archive.refresh_from_db()
    return archive


def test_les_en_tetes_du_telechargement(prete: Archive, client_de: Ouvrir) -> None:
    reponse = client_de("agent_departemental").get(adresse(prete, zip_=True))
    assert reponse.getvalue().startswith(b"PK")
    assert reponse["Content-Disposition"].startswith('attachment; filename="candidatures-')
    assert reponse["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert reponse["X-Content-Type-Options"] == "nosniff"
    assert reponse["Content-Type"] == "application/zip"
    assert "no-store" in reponse["Cache-Control"]


@pytest.mark.parametrize("role", ["administrateur", "lecteur", "agent_regional", "autre_agent", "deposant"])
@pytest.mark.parametrize("zip_", [True, False])
def test_nul_autre_ne_la_voit(prete: Archive, client_de: Ouvrir, role: str, zip_: bool) -> None:
    assert client_de(role).get(adresse(prete, zip_=zip_)).status_code == 404


def test_une_archive_inconnue(prete: Archive, client_de: Ouvrir) -> None:
    assert client_de("agent_departemental").get(f"{DEMANDE}{uuid4()}/").status_code == 404


@pytest.mark.parametrize("zip_", [True, False])
def test_des_droits_retires_la_referment(prete: Archive, client_de: Ouvrir, zip_: bool) -> None:
    client = client_de("agent_departemental")
    assert statut(client, prete, zip_=zip_) == 200
    hier = timezone.localdate() - timedelta(days=1)
    Habilitation.objects.filter(utilisateur=prete.demandee_par).update(fin=hier)
    assert client.get(adresse(prete, zip_=zip_)).status_code == 404


def test_un_territoire_retire_la_referme(prete: Archive, client_de: Ouvrir) -> None:
    """La personne consulte toujours, mais plus ce dossier-là."""
    Candidature.objects.get(etat=Etat.DEPOSEE).departements.set(Departement.objects.filter(pk="13"))
    assert client_de("agent_departemental").get(adresse(prete, zip_=True)).status_code == 404


def test_elle_est_effacee_apres_32_heures(prete: Archive, client_de: Ouvrir) -> None:
    fichier = Path(prete.fichier.path)
    assert prete.prete_le is not None
    assert not archives.effacer_les_perimees(prete.prete_le + timedelta(hours=32))
    assert fichier.exists()
    assert archives.effacer_les_perimees(prete.prete_le + timedelta(hours=32, seconds=1))
    assert not fichier.exists()
    assert not archives.effacer_les_perimees(prete.prete_le + timedelta(days=9))
    client = client_de("agent_departemental")
    assert "a été effacée" in client.get(adresse(prete)).content.decode()
    assert client.get(adresse(prete, zip_=True)).status_code == 404


def test_un_fichier_perdu_n_est_pas_une_panne(prete: Archive, client_de: Ouvrir) -> None:
    Path(prete.fichier.path).unlink()
    client = client_de("agent_departemental")
    assert client.get(adresse(prete, zip_=True)).status_code == 404
    assert client.get(adresse(prete)).status_code == 200


# --- Le travailleur tué -----------------------------------------------------------------------------------------------
@pytest.fixture
def vrais_travailleurs(transactional_db: None, tmp_path: Path) -> Iterator[Travailleurs]:
    """Des processus sur la base de l'essai ; aucun ne lui survit."""
    with ServeurSmtp() as smtp:
        groupe = Travailleurs(tmp_path, smtp)
        yield groupe
        for processus in groupe.processus:
            processus.kill()
            processus.communicate()


@pytest.mark.lent
def test_un_travailleur_tue_est_repris_ou_il_en_etait(vrais_travailleurs: Travailleurs, tmp_path: Path) -> None:
    """Tué net au milieu : ce qui était fait le reste, le suivant finit, et l'archive est entière."""
    monde = Monde()
    for _ in range(12):
        une_candidature(campagne=monde.campagne, organisme=monde.organisme_a)
    personne = monde.personne("administrateur")
    archive = archives.demander(Utilisateur.objects.get(pk=personne.pk), {}, maintenant=timezone.now())
    dossier = tmp_path / "fichiers" / "archives" / str(archive.pk)

    processus = vrais_travailleurs.lancer()
    attendre(lambda: len(list(dossier.glob("*.pdf"))) >= 3)
    processus.kill()
    vrais_travailleurs.finir(code=-signal.SIGKILL)
    archive.refresh_from_db()
    assert archive.etat == Archive.Etat.DEMANDEE
    assert 2 <= archive.faits < 12
    deja = {fichier: fichier.stat().st_mtime_ns for fichier in sorted(dossier.glob("*.pdf"))[: archive.faits]}

    reprise = archives.avancer
    assert reprise(timezone.now())  # le verrou du mort est rendu : nul délai
    assert all(fichier.stat().st_mtime_ns == ecrit for fichier, ecrit in deja.items() if int(fichier.stem) < archive.faits)
    vrais_travailleurs.lancer("--une-fois")
    vrais_travailleurs.finir()
    archive.refresh_from_db()
    assert (archive.etat, archive.faits, archive.manquants) == (Archive.Etat.PRETE, 12, [])
    with zipfile.ZipFile(archive.fichier.path) as contenu:
        assert contenu.testzip() is None
        assert len(contenu.namelist()) == 13
    assert not dossier.exists()


def attendre(condition: Callable[[], bool], delai: float = 600) -> None:
    fin = time.monotonic() + delai
    while not condition():
        assert time.monotonic() < fin, "rien n'est venu"
        time.sleep(0.02)
