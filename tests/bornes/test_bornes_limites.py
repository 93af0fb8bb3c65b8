"""Chaque limite : tout juste dedans, et de un au-delà."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig, ValidationError
from PIL import Image

from candidatures import verrou
from candidatures.annexes import actions as actions_annexes
from candidatures.annexes.fichiers import bureautique, genres, images, reconnaitre
from candidatures.annexes.fichiers.noms import nom_montre
from candidatures.annexes.fichiers.refus import FichierRefuse
from candidatures.archives import actions as archives
from candidatures.champs import textes
from candidatures.champs.a_saisir import verifier_texte
from candidatures.champs.fourchettes import Fourchette
from candidatures.champs.montants import MAXIMUM as MONTANT_MAXIMUM
from candidatures.champs.montants import lire_montant, lire_part
from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import franchir
from candidatures.coherence.forms import FormulaireDeJustifications
from candidatures.coherence.justifier import MAXIMUM as JUSTIFICATION_MAXIMUM
from candidatures.echange.lire import OCTETS_MAXIMUM, RANGEES_MAXIMUM, FicheRefusee, decoder, lire_la_reponse
from candidatures.models import Annexe, Candidature, Partage, TypeDAnnexe
from candidatures.partages import actions as partages
from candidatures.partages.actions import TROP
from candidatures.saisie.forms.tableaux import Depenses, Porteurs, Ressources
from candidatures.sections import CHAMPS
from hlm_projets.fichiers import LONGUEUR
from hlm_projets.requete import televersement
from tests.bornes.borne import Borne, a_trois_pas, une_fois
from tests.candidatures.annexes import fichiers
from tests.fabriques import un_bailleur, un_brouillon, un_national, une_candidature

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stockage")]
MIDI = datetime(2026, 5, 4, 12, tzinfo=UTC)
MEGA = 1024 * 1024
SOU = Decimal("0.01")
DUREE: Any = CHAMPS["duree_mois"]
ADMIS, REFUSE = True, False
REFUS = (verrou.Refus, ValidationError, FicheRefusee, FichierRefuse, RequestDataTooBig, archives.TropDArchives)


@pytest.fixture
def stockage(settings: Any, tmp_path: Any) -> None:
    """Des fichiers à part, sans antivirus."""
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": backend, "OPTIONS": {"location": tmp_path}}}
    settings.CLAMD_SOCKET = ""


def admis(action: Callable[[Any], object]) -> Callable[[Any], bool]:
    """Vrai si l'action ne refuse pas cette valeur."""

    def a(valeur: Any) -> bool:
        try:
            action(valeur)
        except REFUS:
            return False
        return True

    return a


# --- La fiche --------------------------------------------------------------------------------------------------------------
def tableau(genre: Any, champ: str) -> Callable[[int], bool]:
    """Vrai si un tableau de tant de rangées, toutes écrites, est juste."""

    def a(rangees: int) -> bool:
        donnees = {"t-TOTAL_FORMS": str(rangees), "t-INITIAL_FORMS": "0"}
        donnees |= {f"t-{rang}-{champ}": f"Ligne {rang}" for rang in range(rangees)}
        return bool(genre(donnees, prefix="t").is_valid())

    return a


def une_liste(liste: str, **colonnes: str) -> Callable[[int], object]:
    return lambda combien: lire_la_reponse(liste, [colonnes] * combien)


def un_champ(nom: str) -> Callable[[int], object]:
    return lambda valeur: CHAMPS[nom].clean(valeur, None)


def un_texte(maximum: int) -> Callable[[int], object]:
    return lambda longueur: verifier_texte("x" * longueur, maximum)


def une_justification(longueur: int) -> bool:
    donnees = {"justification-aide_taux": "x" * longueur}
    return FormulaireDeJustifications(un_brouillon(), [], donnees).is_valid()


FICHE = (
    Borne("dépenses à l'écran", RANGEES_MAXIMUM, 60, tableau(Depenses, "libelle"), ADMIS, ADMIS, REFUSE),
    Borne("ressources à l'écran", RANGEES_MAXIMUM, 60, tableau(Ressources, "libelle"), ADMIS, ADMIS, REFUSE),
    Borne("organismes à l'écran", RANGEES_MAXIMUM, 60, tableau(Porteurs, "nom"), ADMIS, ADMIS, REFUSE),
    Borne("organismes d'un fichier", RANGEES_MAXIMUM, 60, admis(une_liste("organismes", nom="Habitat")), ADMIS, ADMIS, REFUSE),
    Borne("lignes du plan d'un fichier", RANGEES_MAXIMUM, 60,
          admis(une_liste("lignes", nature="depense", libelle="Suivi")), ADMIS, ADMIS, REFUSE),
    Borne("octets d'un fichier de fiche", OCTETS_MAXIMUM, 16 * MEGA, admis(lambda n: decoder(b'"' + b"x" * (n - 2) + b'"')), ADMIS, ADMIS, REFUSE),
    Borne("texte court", textes.TEXTE_COURT, 300, admis(un_texte(textes.TEXTE_COURT)), ADMIS, ADMIS, REFUSE),
    Borne("précision", textes.PRECISION, 1_000, admis(un_texte(textes.PRECISION)), ADMIS, ADMIS, REFUSE),
    Borne("texte long", textes.TEXTE_LONG, 20_000, admis(un_texte(textes.TEXTE_LONG)), ADMIS, ADMIS, REFUSE),
    Borne("lignes d'un texte", textes.LIGNES, 1_000,
          admis(lambda n: verifier_texte("\n".join("x" * n), textes.TEXTE_LONG)), ADMIS, ADMIS, REFUSE),
    Borne("un mois au moins", DUREE.mini, 1, admis(un_champ("duree_mois")), REFUSE, ADMIS, ADMIS),
    Borne("soixante mois au plus", DUREE.maxi, 60, admis(un_champ("duree_mois")), ADMIS, ADMIS, REFUSE),
    Borne("montant écrit", MONTANT_MAXIMUM, Decimal(5_000_000), admis(lambda v: lire_montant(str(v))), ADMIS, ADMIS, REFUSE, SOU),
    Borne("coût écrit", MONTANT_MAXIMUM, Decimal(5_000_000), admis(lambda v: Fourchette(v).valider()), ADMIS, ADMIS, REFUSE, SOU),
    Borne("coût nul", Decimal(0), 0, admis(lambda v: Fourchette(v).valider()), REFUSE, ADMIS, ADMIS, SOU),
    Borne("fourchette dans l'ordre", Decimal(500), 500, admis(lambda v: Fourchette(v, Decimal(500)).valider()), ADMIS, ADMIS, REFUSE, SOU),
    Borne("part écrite", Decimal(100), 100, admis(lambda v: lire_part(str(v))), ADMIS, ADMIS, REFUSE, SOU),
    Borne("justification", JUSTIFICATION_MAXIMUM, 2_000, une_justification, ADMIS, ADMIS, REFUSE),
)  # fmt: skip


# --- Les actes -------------------------------------------------------------------------------------------------------------
def retirer(longueur: int) -> None:
    deposee = une_candidature()
    franchir(deposee, PASSAGES["retirer"], par=un_bailleur(deposee.organisme), maintenant=MIDI, motif="x" * longueur)


def inviter(adresse: int, brouillon: Candidature, par: Any, le: datetime = MIDI) -> Partage:
    return partages.inviter(brouillon, f"invitee{adresse}@exemple.fr", Partage.Droit.LIRE, par=par, le=le)


def des_invites(combien: int) -> None:
    brouillon = un_brouillon()
    par = un_bailleur(brouillon.organisme)
    for rang in range(combien):
        inviter(rang, brouillon, par)


def des_envois(combien: int) -> None:
    """Autant d'invitations en un jour, chacune retirée aussitôt."""
    brouillon = un_brouillon()
    par = un_bailleur(brouillon.organisme)
    for rang in range(combien):
        partages.revoquer(inviter(rang, brouillon, par), par=par, le=MIDI)


def des_archives(combien: int) -> None:
    personne = un_national()
    for rang in range(combien):
        archives.demander(personne, {"q": str(rang)}, maintenant=MIDI)


ACTES = (
    Borne("motif d'un passage", verrou.MOTIF_MAXIMUM, 2_000, admis(retirer), ADMIS, ADMIS, REFUSE),
    Borne("invités d'un dossier", partages.MAXIMUM, 20, admis(des_invites), ADMIS, ADMIS, REFUSE),
    Borne("invitations d'un jour", partages.ENVOIS_PAR_JOUR, 40, admis(des_envois), ADMIS, ADMIS, REFUSE),
    Borne("archives en préparation", archives.MAXIMUM_EN_COURS, 3, admis(des_archives), ADMIS, ADMIS, REFUSE),
)


# --- Les fichiers ----------------------------------------------------------------------------------------------------------


def un_pdf_de(octets: int) -> io.BytesIO:
    """Un PDF de cette taille, un commentaire en tête."""
    entete, _, suite = fichiers.un_pdf().partition(b"\n")
    return io.BytesIO(entete + b"\n%" + b"x" * (octets - len(entete) - len(suite) - 3) + b"\n" + suite)


def des_annexes(combien: int, octets: int = 1) -> None:
    """Toutes inscrites sauf la dernière, qui est jointe."""
    brouillon = un_brouillon()
    par = un_bailleur(brouillon.organisme)
    (type_, *_) = TypeDAnnexe.objects.creer_les_habituels(brouillon.campagne) or TypeDAnnexe.objects.all()
    commun: dict[str, Any] = {"candidature": brouillon, "type": type_, "jointe_par": par, "jointe_le": MIDI, "genre": "pdf"}
    for rang in range(combien - 1):
        Annexe.objects.create(**commun, nom="a.pdf", fichier=f"pieces/{rang}", taille=octets, sha256=str(rang))
    actions_annexes.joindre(brouillon, type_, io.BytesIO(fichiers.un_pdf()), "b.pdf", par=par, maintenant=MIDI)


def des_octets(total: int) -> None:
    des_annexes(2, total - len(fichiers.un_pdf()))


def un_envoi(ou: str) -> Callable[[int], object]:
    borne = televersement.EnvoiBorne()
    return lambda octets: borne.handle_raw_input(None, {"PATH_INFO": ou}, octets, None)


def un_sommaire(**declare: int) -> Callable[[int], object]:
    """Un vrai zip, dont les entrées déclarent ces nombres ; celui qui vaut 0 est la valeur éprouvée."""

    def a(valeur: int) -> None:
        avec = {nom: octets or valeur for nom, octets in declare.items()}
        with zipfile.ZipFile(io.BytesIO(fichiers.un_docx())) as zip_:
            for entree in zip_.infolist():
                entree.file_size, entree.compress_size = avec["depaquete"] // 2, avec["paquete"] // 2
            zip_.infolist()[0].file_size += avec["depaquete"] % 2
            bureautique._compter(zip_, avec["paquete"])

    return a


def des_entrees(combien: int) -> None:
    contenu = fichiers.un_docx(**{f"word__x{rang}": b"" for rang in range(combien - 2)})
    bureautique.reconnaitre(io.BytesIO(contenu))


def une_image(taille: tuple[int, int]) -> None:
    images._borner(Image.new("1", taille))


FICHIERS = (
    Borne("octets d'un fichier", genres.TAILLE_MAXIMALE, 20 * MEGA,
          admis(lambda n: reconnaitre.reconnaitre(un_pdf_de(n), "a.pdf")), ADMIS, ADMIS, REFUSE),
    Borne("un fichier n'est pas vide", 1, 1, lambda n: _refus(b"x" * n), "vide", "inconnu", "inconnu"),
    Borne("fichiers d'un dossier", genres.FICHIERS_MAXIMUM, 15, admis(des_annexes), ADMIS, ADMIS, REFUSE),
    Borne("octets d'un dossier", genres.TOTAL_MAXIMAL, 150 * MEGA, admis(des_octets), ADMIS, ADMIS, REFUSE),
    Borne("octets d'un envoi d'annexes", televersement.ENVOI_MAXIMAL, 160 * MEGA,
          admis(un_envoi("/candidatures/1/annexes/")), ADMIS, ADMIS, REFUSE),
    Borne("octets d'un envoi ailleurs", televersement.AILLEURS, 3 * MEGA, admis(un_envoi("/candidatures/1/")), ADMIS, ADMIS, REFUSE),
    Borne("signes d'un nom, sans son extension", LONGUEUR, 100,
          lambda n: len(nom_montre("x" * n + ".pdf", genres.GENRES["pdf"])) - len(".pdf"), 99, 100, 100),
    Borne("entrées d'un zip", genres.ENTREES_MAXIMUM, 2_000, admis(des_entrees), ADMIS, ADMIS, REFUSE),
    Borne("octets dépaquetés", genres.DEPAQUETE_MAXIMAL, 200 * MEGA,
          admis(un_sommaire(depaquete=0, paquete=20 * MEGA)), ADMIS, ADMIS, REFUSE),
    Borne("rapport dépaqueté", genres.RAPPORT_MAXIMAL * 10_000, 1_000_000,
          admis(un_sommaire(depaquete=0, paquete=10_000)), ADMIS, ADMIS, REFUSE),
    Borne("côté d'une image", genres.COTE_MAXIMAL, 20_000, admis(lambda n: une_image((n, 1))), ADMIS, ADMIS, REFUSE),
    Borne("pixels d'une image", genres.PIXELS_MAXIMUM // 6_400, 10_000, admis(lambda n: une_image((n, 6_400))), ADMIS, ADMIS, REFUSE),
)  # fmt: skip
TOUTES = (*FICHE, *ACTES, *FICHIERS)


def _refus(contenu: bytes) -> str:
    try:
        reconnaitre.reconnaitre(io.BytesIO(contenu), "a.pdf")
    except FichierRefuse as refus:
        return refus.code
    return ""


@une_fois(TOUTES)
def test_la_valeur_officielle(borne: Borne) -> None:
    assert borne.lue == borne.officielle


@a_trois_pas(TOUTES)
def test_a_un_pres(borne: Borne, ecart: int) -> None:
    assert borne.observe(ecart) == borne.attendu(ecart)


def test_le_vingt_et_unieme_invite_est_le_premier_refuse_et_un_acces_retire_rend_sa_place() -> None:
    brouillon = un_brouillon()
    par = un_bailleur(brouillon.organisme)
    donnes = [inviter(rang, brouillon, par) for rang in range(partages.MAXIMUM)]
    with pytest.raises(verrou.Refus, match=TROP[:30]):
        inviter(99, brouillon, par)
    assert inviter(3, brouillon, par) == donnes[3], "déjà invitée : la même demande n'est pas une invitation de plus"
    partages.revoquer(donnes[0], par=par, le=MIDI)
    assert inviter(99, brouillon, par).courriel == "invitee99@exemple.fr"
