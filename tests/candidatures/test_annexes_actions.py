"""Joindre, remplacer, ranger, confirmer, retirer : chaque acte, refait, refusé, et ce qu'il laisse sur le disque et au journal."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from candidatures import actions, analyse
from candidatures import actions_pieces as pieces
from candidatures.actions import PlusModifiable
from candidatures.annexes import genres
from candidatures.annexes.refus import FichierRefuse
from candidatures.circuit import PASSAGES, raisons
from candidatures.conditions import annexes_pretes
from candidatures.lecture import document_de
from candidatures.models import Candidature, Evenement, Piece, TypeDePiece
from candidatures.pieces_attendues import annexes_attendues
from candidatures.rubriques import depuis_json
from comptes.models import Utilisateur
from tests.candidatures import fichiers
from tests.fabriques import relire, un_bailleur, un_brouillon, un_organisme, une_campagne, une_candidature, une_piece

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stockage(settings: Any, tmp_path: Path) -> Path:
    """Le dossier des fichiers, neuf à chaque essai."""
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": backend, "OPTIONS": {"location": tmp_path}}}
    settings.CLAMD_SOCKET = ""
    return tmp_path


@pytest.fixture
def brouillon() -> Candidature:
    """Un brouillon complet, dont la campagne a les types habituels."""
    candidature = un_brouillon()
    TypeDePiece.objects.creer_les_habituels(candidature.campagne)
    return candidature


@pytest.fixture
def par(brouillon: Candidature) -> Utilisateur:
    """Un membre de l'organisme."""
    return un_bailleur(brouillon.organisme)


def sur_le_disque(stockage: Path) -> list[str]:
    """Les fichiers gardés, par leur nom dans le stockage."""
    return sorted(str(chemin.relative_to(stockage)) for chemin in stockage.rglob("*") if chemin.is_file())


def actes(candidature: Candidature) -> list[str]:
    return [e.acte for e in Evenement.objects.filter(candidature=candidature) if "annexe" in e.acte]


def rangees(candidature: Candidature) -> list[tuple[int, str]]:
    return list(candidature.pieces.values_list("rang", "nom"))


def agir(par: Utilisateur) -> dict[str, Any]:
    return {"par": par, "maintenant": timezone.now()}


# --- Joindre ---------------------------------------------------------------------------------------------------------------
def test_joindre_garde_le_contenu_sous_un_nom_tire_au_sort(brouillon: Candidature, par: Utilisateur, stockage: Path) -> None:
    contenu = fichiers.un_pdf(texte="le mien")
    piece = une_piece(brouillon, "../../Note finale.PDF", contenu, par=par)
    assert (piece.nom, piece.genre, piece.taille) == ("Note finale.pdf", "pdf", len(contenu))
    assert piece.sha256 == hashlib.sha256(contenu).hexdigest()
    assert (piece.etat, piece.jointe_par, piece.rang, piece.type.libelle) == ("non_analysee", par, 1, "Note de présentation")
    (chemin,) = sur_le_disque(stockage)
    assert chemin == str(piece.fichier)
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
    piece = une_piece(brouillon)
    assert piece.etat == Piece.Etat.EN_ANALYSE
    assert not piece.est_servie


def test_le_meme_contenu_deux_fois_n_est_qu_une_annexe(brouillon: Candidature, par: Utilisateur, stockage: Path) -> None:
    contenu = fichiers.un_pdf()
    premiere, seconde = une_piece(brouillon, "a.pdf", contenu, par=par), une_piece(brouillon, "b.pdf", contenu, par=par)
    assert premiere == seconde
    assert rangees(brouillon) == [(1, "a.pdf")]
    assert len(sur_le_disque(stockage)) == 1
    assert actes(brouillon) == ["joindre_annexe"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Piece.objects.create(
            **{n: getattr(premiere, n) for n in ("candidature", "type", "nom", "fichier", "genre", "taille", "sha256")},
            jointe_par=par,
            jointe_le=timezone.now(),
        )


def test_le_meme_contenu_dans_deux_dossiers_fait_deux_annexes(brouillon: Candidature) -> None:
    contenu, autre = fichiers.un_pdf(), un_brouillon()
    assert une_piece(brouillon, "a.pdf", contenu) != une_piece(autre, "a.pdf", contenu)


@pytest.mark.parametrize("quoi", ["autre organisme", "agent", "déposée", "supprimée", "type d'une autre campagne"])
def test_qui_ne_peut_pas_joindre_ne_laisse_rien(quoi: str, brouillon: Candidature, par: Utilisateur, stockage: Path) -> None:
    type_ = brouillon.campagne.types_de_piece.earliest("rang")
    attendu: type[Exception] = PermissionDenied
    if quoi == "autre organisme":
        par = un_bailleur(un_organisme())
    elif quoi == "déposée":
        actions.franchir(brouillon, PASSAGES["deposer"], **agir(par))
        attendu = PlusModifiable
    elif quoi == "supprimée":
        actions.supprimer(brouillon, **agir(par))
        attendu = PlusModifiable
    elif quoi == "agent":
        par = Utilisateur.objects.creer("agent@exemple.fr", prenom="A", nom="B", mot_de_passe=None)
    else:
        (type_, *_) = TypeDePiece.objects.creer_les_habituels(une_campagne())
        type_ = TypeDePiece.objects.exclude(campagne=brouillon.campagne).earliest("pk")
    with pytest.raises(attendu):
        pieces.joindre(brouillon, type_, BytesIO(fichiers.un_pdf()), "a.pdf", **agir(par))
    assert sur_le_disque(stockage) == []
    assert not Piece.objects.exists()


def test_les_limites_du_dossier(brouillon: Candidature, monkeypatch: pytest.MonkeyPatch, stockage: Path) -> None:
    """15 fichiers et 150 Mo (A-10), éprouvés plus petits ; remplacer ne compte pas deux fois."""
    monkeypatch.setattr(pieces, "FICHIERS_MAXIMUM", 2)
    premiere, _ = une_piece(brouillon, "a.pdf"), une_piece(brouillon, "b.pdf")
    with pytest.raises(FichierRefuse, match="le maximum"):
        une_piece(brouillon, "c.pdf")
    monkeypatch.setattr(pieces, "FICHIERS_MAXIMUM", genres.FICHIERS_MAXIMUM)
    monkeypatch.setattr(pieces, "TOTAL_MAXIMAL", sum(p.taille for p in Piece.objects.all()) + 10)
    with pytest.raises(FichierRefuse, match="150 Mo en tout"):
        une_piece(brouillon, "c.pdf")
    par = un_bailleur(brouillon.organisme)
    pieces.remplacer(brouillon, premiere.pk, BytesIO(fichiers.un_pdf(texte="deux")), "d.pdf", **agir(par))
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
        patch.setattr(pieces, "default_storage", DisquePlein(panne))
        with pytest.raises(pieces.StockageImpossible) as echec:
            une_piece(brouillon, "a.pdf", contenu)
    assert "Réessayez" in echec.value.phrase
    assert not Piece.objects.exists()
    une_piece(brouillon, "a.pdf", contenu)
    assert len(sur_le_disque(stockage)) == 1


def test_une_base_qui_refuse_rend_le_fichier(brouillon: Candidature, monkeypatch: pytest.MonkeyPatch, stockage: Path) -> None:
    def refuser(*_: object, **__: object) -> None:
        raise IntegrityError

    monkeypatch.setattr(actions, "consigner", refuser)
    with pytest.raises(IntegrityError):
        une_piece(brouillon)
    assert sur_le_disque(stockage) == []
    assert not Piece.objects.exists()


# --- Remplacer, changer de type ------------------------------------------------------------------------------------------------
def test_remplacer_garde_le_rang_et_le_type(
    brouillon: Candidature, par: Utilisateur, stockage: Path, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    rapport = brouillon.campagne.types_de_piece.get(libelle="Rapport")
    premiere, _ = une_piece(brouillon, "a.pdf", type_=rapport, par=par), une_piece(brouillon, "b.pdf", par=par)
    contenu = fichiers.un_docx()
    with django_capture_on_commit_callbacks(execute=True):
        neuve = pieces.remplacer(brouillon, premiere.pk, BytesIO(contenu), "c.docx", **agir(par))
    assert neuve.pk != premiere.pk, "l'antivirus qui lisait l'ancienne ne conclut pas sur la nouvelle"
    assert (neuve.rang, neuve.type, neuve.genre) == (1, rapport, "docx")
    assert rangees(brouillon) == [(1, "c.docx"), (2, "b.pdf")]
    assert str(premiere.fichier) not in sur_le_disque(stockage)
    encore = pieces.remplacer(brouillon, premiere.pk, BytesIO(contenu), "c.docx", **agir(par))
    assert encore == neuve, "le même remplacement refait ne change rien"
    assert actes(brouillon) == ["joindre_annexe", "joindre_annexe", "remplacer_annexe"]


def test_remplacer_par_une_annexe_deja_jointe_est_refuse(brouillon: Candidature, par: Utilisateur) -> None:
    contenu = fichiers.un_pdf(texte="b")
    premiere, _ = une_piece(brouillon, "a.pdf", par=par), une_piece(brouillon, "b.pdf", contenu, par=par)
    with pytest.raises(FichierRefuse, match=r"déjà joint, sous le nom « b\.pdf »"):
        pieces.remplacer(brouillon, premiere.pk, BytesIO(contenu), "c.pdf", **agir(par))
    assert rangees(brouillon) == [(1, "a.pdf"), (2, "b.pdf")]


def test_remplacer_ou_ranger_une_annexe_retiree_le_dit(brouillon: Candidature, par: Utilisateur) -> None:
    piece = une_piece(brouillon, par=par)
    pieces.retirer(brouillon, piece.pk, **agir(par))
    with pytest.raises(FichierRefuse, match="vient d'être retirée"):
        pieces.remplacer(brouillon, piece.pk, BytesIO(fichiers.un_docx()), "c.docx", **agir(par))
    with pytest.raises(FichierRefuse, match="vient d'être retirée"):
        pieces.ordonner(brouillon, piece.pk, 1, **agir(par))


def test_changer_de_type(brouillon: Candidature, par: Utilisateur) -> None:
    piece, rapport = une_piece(brouillon, par=par), brouillon.campagne.types_de_piece.get(libelle="Rapport")
    for _ in range(2):
        pieces.changer_de_type(brouillon, piece.pk, rapport, **agir(par))
    assert brouillon.pieces.get().type == rapport
    assert actes(brouillon) == ["joindre_annexe", "changer_le_type_d_annexe"]


# --- Ranger, confirmer, retirer --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("rang", "ordre"), [(1, "cab"), (2, "acb"), (3, "abc"), (0, "cab"), (99, "abc")])
def test_ranger(rang: int, ordre: str, brouillon: Candidature, par: Utilisateur) -> None:
    *_, derniere = (une_piece(brouillon, f"{nom}.pdf", par=par) for nom in "abc")
    for _ in range(2):
        pieces.ordonner(brouillon, derniere.pk, rang, **agir(par))
    assert "".join(nom[0] for _, nom in rangees(brouillon)) == ordre
    assert [rang for rang, _ in rangees(brouillon)] == [1, 2, 3]
    assert actes(brouillon).count("ordonner_annexes") == (0 if ordre == "abc" else 1), "refait, ou sans effet : pas de ligne"


def test_confirmer_une_annexe_reprise(brouillon: Candidature, par: Utilisateur) -> None:
    piece = une_piece(brouillon, par=par)
    Piece.objects.update(a_confirmer=True)
    assert "confirmez-la" in (annexes_pretes(relire(brouillon), timezone.now()) or "")
    for _ in range(2):
        pieces.confirmer(brouillon, piece.pk, **agir(par))
    assert annexes_pretes(relire(brouillon), timezone.now()) is None
    assert actes(brouillon).count("confirmer_annexe") == 1


def test_remplacer_par_elle_meme_une_annexe_reprise_la_confirme(brouillon: Candidature, par: Utilisateur) -> None:
    contenu = fichiers.un_pdf()
    piece = une_piece(brouillon, contenu=contenu, par=par)
    Piece.objects.update(a_confirmer=True)
    assert pieces.remplacer(brouillon, piece.pk, BytesIO(contenu), "x.pdf", **agir(par)) == piece
    assert not brouillon.pieces.get().a_confirmer


def test_retirer_efface_la_ligne_puis_le_fichier(
    brouillon: Candidature, par: Utilisateur, stockage: Path, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    piece = une_piece(brouillon, par=par)
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            pieces.retirer(brouillon, piece.pk, **agir(par))
    assert sur_le_disque(stockage) == []
    assert actes(brouillon) == ["joindre_annexe", "retirer_annexe"]


@pytest.mark.parametrize("acte", ["remplacer", "ordonner", "retirer", "confirmer", "changer_de_type"])
@pytest.mark.parametrize("cas", ["déposée", "autre organisme"])
def test_apres_le_depot_ou_chez_autrui_rien_ne_change(acte: str, cas: str, brouillon: Candidature, par: Utilisateur) -> None:
    piece, type_ = une_piece(brouillon, par=par), brouillon.campagne.types_de_piece.get(libelle="Autre")
    if cas == "déposée":
        actions.franchir(brouillon, PASSAGES["deposer"], **agir(par))
    else:
        par = un_bailleur(un_organisme())
    de_plus: dict[str, tuple[Any, ...]] = {
        "remplacer": (BytesIO(fichiers.un_docx()), "x.docx"),
        "ordonner": (1,),
        "changer_de_type": (type_,),
    }
    avant = Piece.objects.values().get()
    with pytest.raises(PlusModifiable if cas == "déposée" else PermissionDenied):
        getattr(pieces, acte)(brouillon, piece.pk, *de_plus.get(acte, ()), **agir(par))
    assert Piece.objects.values().get() == avant


# --- Au dépôt ----------------------------------------------------------------------------------------------------------------
def test_un_type_exige_sans_fichier_empeche_de_deposer(brouillon: Candidature, par: Utilisateur) -> None:
    type_ = brouillon.campagne.types_de_piece.get(libelle="Lettre d'engagement")
    TypeDePiece.objects.filter(pk=type_.pk).update(exige=True)
    assert [a.intitule for a in annexes_attendues(relire(brouillon))] == ["Lettre d'engagement"]
    with pytest.raises(actions.Refus, match=r"Annexes : Lettre d'engagement – Cette annexe est exigée pour déposer\."):
        actions.franchir(brouillon, PASSAGES["deposer"], **agir(par))
    une_piece(brouillon, type_=type_, par=par)
    assert raisons(PASSAGES["deposer"], relire(brouillon), timezone.now()) == []


def test_le_depot_est_permis_pendant_l_analyse(brouillon: Candidature, par: Utilisateur, settings: Any) -> None:
    """F-36."""
    settings.CLAMD_SOCKET = "/nulle/part"
    type_ = brouillon.campagne.types_de_piece.earliest("rang")
    TypeDePiece.objects.filter(pk=type_.pk).update(exige=True)
    une_piece(brouillon, type_=type_, par=par)
    actions.franchir(brouillon, PASSAGES["deposer"], **agir(par))
    assert relire(brouillon).etat == "deposee"


def test_une_annexe_infectee_ne_compte_pas(brouillon: Candidature, par: Utilisateur) -> None:
    type_ = brouillon.campagne.types_de_piece.earliest("rang")
    TypeDePiece.objects.filter(pk=type_.pk).update(exige=True)
    piece = une_piece(brouillon, "a.pdf", type_=type_, par=par)
    Piece.objects.update(etat=Piece.Etat.INFECTEE, a_confirmer=True)
    phrases = [(a.intitule, a.phrase) for a in annexes_attendues(relire(brouillon))]
    assert [intitule for intitule, _ in phrases] == ["Note de présentation", "a.pdf"]
    assert "antivirus" in phrases[1][1]
    pieces.retirer(brouillon, piece.pk, **agir(par))
    assert [a.intitule for a in annexes_attendues(relire(brouillon))] == ["Note de présentation"]


def test_la_version_figee_liste_les_annexes(brouillon: Candidature, par: Utilisateur) -> None:
    piece = une_piece(brouillon, "note.pdf", par=par)
    actions.franchir(brouillon, PASSAGES["deposer"], **agir(par))
    document = document_de(relire(brouillon))
    assert document.annexes.lignes == (("Note de présentation", "note.pdf", genres.dire_taille(piece.taille), piece.sha256),)
    Piece.objects.update(nom="autre.pdf")
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
        piece = une_piece(brouillon)
        seul = default_storage.save("pieces/ab/seul", ContentFile(b"reste d'un envoi"))
        instant = timezone.now()
        assert not analyse.effacer_les_orphelins(instant + timedelta(minutes=59))
        assert seul in sur_le_disque(stockage)
        assert analyse.effacer_les_orphelins(instant + timedelta(minutes=61))
        assert sur_le_disque(stockage) == [str(piece.fichier)]
        assert not analyse.effacer_les_orphelins(instant + timedelta(minutes=61))

    def test_les_fichiers_d_un_brouillon_supprime_sont_effaces(
        self, brouillon: Candidature, par: Utilisateur, stockage: Path
    ) -> None:
        une_piece(brouillon, par=par)
        actions.supprimer(brouillon, **agir(par))
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
