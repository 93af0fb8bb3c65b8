"""Joindre, remplacer, ranger, confirmer, retirer : chaque acte, refait, refusé, et ce qu'il laisse sur le disque et au journal."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from candidatures import verrou
from candidatures.annexes import actions
from candidatures.annexes.fichiers import genres
from candidatures.annexes.fichiers.refus import FichierRefuse
from candidatures.circuit import PASSAGES
from candidatures.circuit.conditions import annexes_pretes
from candidatures.circuit.franchir import franchir
from candidatures.models import Annexe, Candidature, Evenement, TypeDAnnexe
from candidatures.saisie import actions as saisie
from candidatures.verrou import PlusModifiable
from comptes.models import Utilisateur
from tests.candidatures.annexes import fichiers
from tests.candidatures.annexes.annexes import agir, sur_le_disque
from tests.fabriques import relire, un_bailleur, un_brouillon, un_organisme, une_annexe, une_campagne

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stockage")]


def actes(candidature: Candidature) -> list[str]:
    return [e.acte for e in Evenement.objects.filter(candidature=candidature) if "annexe" in e.acte]


def rangees(candidature: Candidature) -> list[tuple[int, str]]:
    return list(candidature.annexes.values_list("rang", "nom"))


# --- Joindre ---------------------------------------------------------------------------------------------------------------
def test_joindre_garde_le_contenu_sous_un_nom_tire_au_sort(brouillon: Candidature, par: Utilisateur, stockage: Path) -> None:
    contenu = fichiers.un_pdf(texte="le mien")
    annexe = une_annexe(brouillon, "../../Note finale.PDF", contenu, par=par)
    assert (annexe.nom, annexe.genre, annexe.taille) == ("Note finale.pdf", "pdf", len(contenu))
    assert annexe.sha256 == hashlib.sha256(contenu).hexdigest()
    assert (annexe.etat, annexe.jointe_par, annexe.rang, annexe.type.libelle) == ("non_analysee", par, 1, "Note de présentation")
    (chemin,) = sur_le_disque(stockage)
    assert chemin == str(annexe.fichier)
    assert chemin.startswith("pieces/")
    assert "Note" not in chemin
    assert (stockage / chemin).read_bytes() == contenu
    assert (stockage / chemin).stat().st_mode & 0o777 == 0o640
    assert actes(brouillon) == ["joindre_annexe"]
    assert "Note" not in str(Evenement.objects.get(acte="joindre_annexe").detail), (
        "le journal ne garde pas ce que la personne écrit"
    )


def test_avec_un_antivirus_elle_attend_son_verdict(brouillon: Candidature, settings: Any) -> None:
    settings.CLAMD_SOCKET = "/run/clamav/clamd.ctl"
    annexe = une_annexe(brouillon)
    assert annexe.etat == Annexe.Etat.EN_ANALYSE
    assert not annexe.est_servie


def test_le_meme_contenu_deux_fois_n_est_qu_une_annexe(brouillon: Candidature, par: Utilisateur, stockage: Path) -> None:
    contenu = fichiers.un_pdf()
    premiere, seconde = une_annexe(brouillon, "a.pdf", contenu, par=par), une_annexe(brouillon, "b.pdf", contenu, par=par)
    assert premiere == seconde
    assert rangees(brouillon) == [(1, "a.pdf")]
    assert len(sur_le_disque(stockage)) == 1
    assert actes(brouillon) == ["joindre_annexe"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Annexe.objects.create(
            **{n: getattr(premiere, n) for n in ("candidature", "type", "nom", "fichier", "genre", "taille", "sha256")},
            jointe_par=par,
            jointe_le=timezone.now(),
        )


def test_le_meme_contenu_dans_deux_dossiers_fait_deux_annexes(brouillon: Candidature) -> None:
    contenu, autre = fichiers.un_pdf(), un_brouillon()
    assert une_annexe(brouillon, "a.pdf", contenu) != une_annexe(autre, "a.pdf", contenu)


@pytest.mark.parametrize("quoi", ["autre organisme", "agent", "déposée", "supprimée", "type d'une autre campagne"])
def test_qui_ne_peut_pas_joindre_ne_laisse_rien(quoi: str, brouillon: Candidature, par: Utilisateur, stockage: Path) -> None:
    type_ = brouillon.campagne.types_d_annexe.earliest("rang")
    attendu: type[Exception] = PermissionDenied
    if quoi == "autre organisme":
        par = un_bailleur(un_organisme())
    elif quoi == "déposée":
        franchir(brouillon, PASSAGES["deposer"], **agir(par))
        attendu = PlusModifiable
    elif quoi == "supprimée":
        saisie.supprimer(brouillon, **agir(par))
        attendu = PlusModifiable
    elif quoi == "agent":
        par = Utilisateur.objects.creer("agent@exemple.fr", prenom="A", nom="B", mot_de_passe=None)
    else:
        (type_, *_) = TypeDAnnexe.objects.creer_les_habituels(une_campagne())
        type_ = TypeDAnnexe.objects.exclude(campagne=brouillon.campagne).earliest("pk")
    with pytest.raises(attendu):
        actions.joindre(brouillon, type_, BytesIO(fichiers.un_pdf()), "a.pdf", **agir(par))
    assert sur_le_disque(stockage) == []
    assert not Annexe.objects.exists()


def test_les_limites_du_dossier(brouillon: Candidature, monkeypatch: pytest.MonkeyPatch, stockage: Path) -> None:
    """15 fichiers et 150 Mo (A-10), éprouvés plus petits ; remplacer ne compte pas deux fois."""
    monkeypatch.setattr(actions, "FICHIERS_MAXIMUM", 2)
    premiere, _ = une_annexe(brouillon, "a.pdf"), une_annexe(brouillon, "b.pdf")
    with pytest.raises(FichierRefuse, match="le maximum"):
        une_annexe(brouillon, "c.pdf")
    monkeypatch.setattr(actions, "FICHIERS_MAXIMUM", genres.FICHIERS_MAXIMUM)
    monkeypatch.setattr(actions, "TOTAL_MAXIMAL", sum(p.taille for p in Annexe.objects.all()) + 10)
    with pytest.raises(FichierRefuse, match="150 Mo en tout"):
        une_annexe(brouillon, "c.pdf")
    par = un_bailleur(brouillon.organisme)
    actions.remplacer(brouillon, premiere.pk, BytesIO(fichiers.un_pdf(texte="deux")), "d.pdf", **agir(par))
    assert [nom for _, nom in rangees(brouillon)] == ["d.pdf", "b.pdf"]
    assert (genres.FICHIERS_MAXIMUM, genres.TOTAL_MAXIMAL, genres.TAILLE_MAXIMALE) == (15, 150 * 1024**2, 20 * 1024**2)
    assert len(sur_le_disque(stockage)) >= 2


class DisquePlein:
    """Un stockage qui refuse d'écrire."""

    def __init__(self, panne: OSError) -> None:
        self.panne = panne

    def save(self, *_: object) -> str:
        """Toujours en panne."""
        raise self.panne


@pytest.mark.parametrize("panne", [OSError(28, "No space left on device"), FileNotFoundError("le fichier provisoire a disparu")])
def test_un_disque_en_panne_le_dit_et_ne_laisse_rien(
    panne: OSError, brouillon: Candidature, monkeypatch: pytest.MonkeyPatch, stockage: Path
) -> None:
    """F-10 : une phrase, rien d'écrit ; le même envoi refait réussit."""
    contenu = fichiers.un_pdf()
    with monkeypatch.context() as patch:
        patch.setattr(actions, "default_storage", DisquePlein(panne))
        with pytest.raises(actions.StockageImpossible) as echec:
            une_annexe(brouillon, "a.pdf", contenu)
    assert "Réessayez" in echec.value.phrase
    assert not Annexe.objects.exists()
    une_annexe(brouillon, "a.pdf", contenu)
    assert len(sur_le_disque(stockage)) == 1


def test_une_base_qui_refuse_rend_le_fichier(brouillon: Candidature, monkeypatch: pytest.MonkeyPatch, stockage: Path) -> None:
    def refuser(*_: object, **__: object) -> None:
        raise IntegrityError

    monkeypatch.setattr(verrou, "consigner", refuser)
    with pytest.raises(IntegrityError):
        une_annexe(brouillon)
    assert sur_le_disque(stockage) == []
    assert not Annexe.objects.exists()


# --- Remplacer, changer de type ------------------------------------------------------------------------------------------------
def test_remplacer_garde_le_rang_et_le_type(
    brouillon: Candidature, par: Utilisateur, stockage: Path, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    rapport = brouillon.campagne.types_d_annexe.get(libelle="Rapport")
    premiere, _ = une_annexe(brouillon, "a.pdf", type_=rapport, par=par), une_annexe(brouillon, "b.pdf", par=par)
    contenu = fichiers.un_docx()
    with django_capture_on_commit_callbacks(execute=True):
        neuve = actions.remplacer(brouillon, premiere.pk, BytesIO(contenu), "c.docx", **agir(par))
    assert neuve.pk != premiere.pk, "l'antivirus qui lisait l'ancienne ne conclut pas sur la nouvelle"
    assert (neuve.rang, neuve.type, neuve.genre) == (1, rapport, "docx")
    assert rangees(brouillon) == [(1, "c.docx"), (2, "b.pdf")]
    assert str(premiere.fichier) not in sur_le_disque(stockage)
    encore = actions.remplacer(brouillon, premiere.pk, BytesIO(contenu), "c.docx", **agir(par))
    assert encore == neuve, "le même remplacement refait ne change rien"
    assert actes(brouillon) == ["joindre_annexe", "joindre_annexe", "remplacer_annexe"]


def test_remplacer_par_une_annexe_deja_jointe_est_refuse(brouillon: Candidature, par: Utilisateur) -> None:
    contenu = fichiers.un_pdf(texte="b")
    premiere, _ = une_annexe(brouillon, "a.pdf", par=par), une_annexe(brouillon, "b.pdf", contenu, par=par)
    with pytest.raises(FichierRefuse, match=r"déjà joint, sous le nom « b\.pdf »"):
        actions.remplacer(brouillon, premiere.pk, BytesIO(contenu), "c.pdf", **agir(par))
    assert rangees(brouillon) == [(1, "a.pdf"), (2, "b.pdf")]


def test_remplacer_ou_ranger_une_annexe_retiree_le_dit(brouillon: Candidature, par: Utilisateur) -> None:
    annexe = une_annexe(brouillon, par=par)
    actions.retirer(brouillon, annexe.pk, **agir(par))
    with pytest.raises(FichierRefuse, match="vient d'être retirée"):
        actions.remplacer(brouillon, annexe.pk, BytesIO(fichiers.un_docx()), "c.docx", **agir(par))
    with pytest.raises(FichierRefuse, match="vient d'être retirée"):
        actions.ordonner(brouillon, annexe.pk, 1, **agir(par))


def test_changer_de_type(brouillon: Candidature, par: Utilisateur) -> None:
    annexe, rapport = une_annexe(brouillon, par=par), brouillon.campagne.types_d_annexe.get(libelle="Rapport")
    for _ in range(2):
        actions.changer_de_type(brouillon, annexe.pk, rapport, **agir(par))
    assert brouillon.annexes.get().type == rapport
    assert actes(brouillon) == ["joindre_annexe", "changer_le_type_d_annexe"]


# --- Ranger, confirmer, retirer --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("rang", "ordre"), [(1, "cab"), (2, "acb"), (3, "abc"), (0, "cab"), (99, "abc")])
def test_ranger(rang: int, ordre: str, brouillon: Candidature, par: Utilisateur) -> None:
    *_, derniere = (une_annexe(brouillon, f"{nom}.pdf", par=par) for nom in "abc")
    for _ in range(2):
        actions.ordonner(brouillon, derniere.pk, rang, **agir(par))
    assert "".join(nom[0] for _, nom in rangees(brouillon)) == ordre
    assert [rang for rang, _ in rangees(brouillon)] == [1, 2, 3]
    assert actes(brouillon).count("ordonner_annexes") == (0 if ordre == "abc" else 1), "refait, ou sans effet : pas de ligne"


def test_confirmer_une_annexe_reprise(brouillon: Candidature, par: Utilisateur) -> None:
    annexe = une_annexe(brouillon, par=par)
    Annexe.objects.update(a_confirmer=True)
    assert "confirmez-la" in (annexes_pretes(relire(brouillon), timezone.now()) or "")
    for _ in range(2):
        actions.confirmer(brouillon, annexe.pk, **agir(par))
    assert annexes_pretes(relire(brouillon), timezone.now()) is None
    assert actes(brouillon).count("confirmer_annexe") == 1


def test_remplacer_par_elle_meme_une_annexe_reprise_la_confirme(brouillon: Candidature, par: Utilisateur) -> None:
    contenu = fichiers.un_pdf()
    annexe = une_annexe(brouillon, contenu=contenu, par=par)
    Annexe.objects.update(a_confirmer=True)
    assert actions.remplacer(brouillon, annexe.pk, BytesIO(contenu), "x.pdf", **agir(par)) == annexe
    assert not brouillon.annexes.get().a_confirmer


def test_retirer_efface_la_ligne_puis_le_fichier(
    brouillon: Candidature, par: Utilisateur, stockage: Path, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    annexe = une_annexe(brouillon, par=par)
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            actions.retirer(brouillon, annexe.pk, **agir(par))
    assert sur_le_disque(stockage) == []
    assert actes(brouillon) == ["joindre_annexe", "retirer_annexe"]


@pytest.mark.parametrize("acte", ["remplacer", "ordonner", "retirer", "confirmer", "changer_de_type"])
@pytest.mark.parametrize("cas", ["déposée", "autre organisme"])
def test_apres_le_depot_ou_chez_autrui_rien_ne_change(acte: str, cas: str, brouillon: Candidature, par: Utilisateur) -> None:
    annexe, type_ = une_annexe(brouillon, par=par), brouillon.campagne.types_d_annexe.get(libelle="Autre")
    if cas == "déposée":
        franchir(brouillon, PASSAGES["deposer"], **agir(par))
    else:
        par = un_bailleur(un_organisme())
    de_plus: dict[str, tuple[Any, ...]] = {
        "remplacer": (BytesIO(fichiers.un_docx()), "x.docx"),
        "ordonner": (1,),
        "changer_de_type": (type_,),
    }
    avant = Annexe.objects.values().get()
    with pytest.raises(PlusModifiable if cas == "déposée" else PermissionDenied):
        getattr(actions, acte)(brouillon, annexe.pk, *de_plus.get(acte, ()), **agir(par))
    assert Annexe.objects.values().get() == avant
