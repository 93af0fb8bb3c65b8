"""Ce que les annexes demandent au dépôt, ce que la version figée en garde, et le ménage de leurs fichiers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.utils import timezone

from candidatures import verrou
from candidatures.annexes import actions, analyse
from candidatures.avancement.annexes_attendues import annexes_attendues
from candidatures.circuit import PASSAGES, raisons
from candidatures.circuit.franchir import franchir
from candidatures.lecture.composition import document_de
from candidatures.lecture.document import depuis_json
from candidatures.models import Annexe, Candidature, TypeDAnnexe
from candidatures.saisie import actions as saisie
from comptes.models import Utilisateur
from hlm_projets.fichiers import dire_taille
from tests.candidatures.annexes.annexes import agir, sur_le_disque
from tests.fabriques import relire, une_annexe, une_candidature

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stockage")]


# --- Au dépôt ----------------------------------------------------------------------------------------------------------------
def test_un_type_exige_sans_fichier_empeche_de_deposer(brouillon: Candidature, par: Utilisateur) -> None:
    type_ = brouillon.campagne.types_d_annexe.get(libelle="Lettre d'engagement")
    TypeDAnnexe.objects.filter(pk=type_.pk).update(exige=True)
    assert [a.intitule for a in annexes_attendues(relire(brouillon))] == ["Lettre d'engagement"]
    with pytest.raises(verrou.Refus, match=r"Annexes : Lettre d'engagement – Cette annexe est exigée pour déposer\."):
        franchir(brouillon, PASSAGES["deposer"], **agir(par))
    une_annexe(brouillon, type_=type_, par=par)
    assert raisons(PASSAGES["deposer"], relire(brouillon), timezone.now()) == []


def test_le_depot_est_permis_pendant_l_analyse(brouillon: Candidature, par: Utilisateur, settings: Any) -> None:
    """F-36."""
    settings.CLAMD_SOCKET = "/nulle/part"
    type_ = brouillon.campagne.types_d_annexe.earliest("rang")
    TypeDAnnexe.objects.filter(pk=type_.pk).update(exige=True)
    une_annexe(brouillon, type_=type_, par=par)
    franchir(brouillon, PASSAGES["deposer"], **agir(par))
    assert relire(brouillon).etat == "deposee"


def test_une_annexe_infectee_ne_compte_pas(brouillon: Candidature, par: Utilisateur) -> None:
    type_ = brouillon.campagne.types_d_annexe.earliest("rang")
    TypeDAnnexe.objects.filter(pk=type_.pk).update(exige=True)
    annexe = une_annexe(brouillon, "a.pdf", type_=type_, par=par)
    Annexe.objects.update(etat=Annexe.Etat.INFECTEE, a_confirmer=True)
    phrases = [(a.intitule, a.phrase) for a in annexes_attendues(relire(brouillon))]
    assert [intitule for intitule, _ in phrases] == ["Note de présentation", "a.pdf"]
    assert "antivirus" in phrases[1][1]
    actions.retirer(brouillon, annexe.pk, **agir(par))
    assert [a.intitule for a in annexes_attendues(relire(brouillon))] == ["Note de présentation"]


def test_la_version_figee_liste_les_annexes(brouillon: Candidature, par: Utilisateur) -> None:
    annexe = une_annexe(brouillon, "note.pdf", par=par)
    franchir(brouillon, PASSAGES["deposer"], **agir(par))
    document = document_de(relire(brouillon))
    assert document.annexes.lignes == (("Note de présentation", "note.pdf", dire_taille(annexe.taille), annexe.sha256),)
    Annexe.objects.update(nom="autre.pdf")
    assert document_de(relire(brouillon)).annexes == document.annexes, "lue telle que déposée"


def test_une_version_figee_d_avant_les_annexes_se_relit() -> None:
    version = relire(une_candidature()).version
    assert version is not None
    ancienne = {nom: valeur for nom, valeur in version.document.items() if nom != "annexes"}
    document = depuis_json(ancienne)
    assert document.annexes.lignes == ()
    assert document.sections == depuis_json(version.document).sections


# --- Le ménage -----------------------------------------------------------------------------------------------------------------
class TestMenage:
    """Les fichiers sans ligne."""

    def test_un_fichier_sans_ligne_est_efface_au_bout_d_une_heure(self, brouillon: Candidature, stockage: Path) -> None:
        annexe = une_annexe(brouillon)
        seul = default_storage.save("pieces/ab/seul", ContentFile(b"reste d'un envoi"))
        instant = timezone.now()
        assert not analyse.effacer_les_orphelins(instant + timedelta(minutes=59))
        assert seul in sur_le_disque(stockage)
        assert analyse.effacer_les_orphelins(instant + timedelta(minutes=61))
        assert sur_le_disque(stockage) == [str(annexe.fichier)]
        assert not analyse.effacer_les_orphelins(instant + timedelta(minutes=61))

    def test_les_fichiers_d_un_brouillon_supprime_sont_effaces(
        self, brouillon: Candidature, par: Utilisateur, stockage: Path
    ) -> None:
        une_annexe(brouillon, par=par)
        saisie.supprimer(brouillon, **agir(par))
        assert analyse.effacer_les_orphelins(timezone.now() + timedelta(hours=2))
        assert sur_le_disque(stockage) == []

    def test_il_ne_se_fait_qu_une_fois_par_heure(self, monkeypatch: pytest.MonkeyPatch) -> None:
        fois: list[object] = []
        monkeypatch.setattr(analyse, "effacer_les_orphelins", fois.append)
        menage, instant = analyse.Menage(), timezone.now()
        for minutes in (0, 1, 59, 61, 62):
            menage.faire(instant + timedelta(minutes=minutes))
        assert len(fois) == 2

    def test_sans_dossier_il_n_y_a_rien_a_faire(self) -> None:
        assert not analyse.effacer_les_orphelins(timezone.now())

    def test_un_disque_qui_refuse_ne_l_arrete_pas(self, monkeypatch: pytest.MonkeyPatch) -> None:
        default_storage.save("pieces/ab/seul", ContentFile(b"x"))

        def refuser(self: Storage, nom: str) -> None:
            raise PermissionError(nom)

        monkeypatch.setattr("django.core.files.storage.FileSystemStorage.delete", refuser)
        assert not analyse.effacer_les_orphelins(timezone.now() + timedelta(hours=2))
