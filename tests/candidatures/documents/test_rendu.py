"""Le rendu isolé : un enfant, un serveur ou un texte qui meurt ne coûte qu'une phrase (F-42, G4)."""

from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from candidatures.documents import atelier as module_atelier
from candidatures.documents.atelier import RACINE, Atelier, Occupe, RenduImpossible
from candidatures.documents.limites import Limites
from candidatures.documents.moteur import Moteur
from candidatures.documents.pdf import IMPOSSIBLE, OCCUPE, PdfImpossible, produire_pdf
from tests.candidatures.documents import exemples, formulaire
from tests.candidatures.documents.formulaire import Reponse
from tests.candidatures.documents.outils import texte_de

PAGE = "<html lang=fr><title>Essai</title><h1>Bonjour</h1>"
SANS_HATE = 240
"""Secondes : une attente qu'aucune machine chargée n'atteint."""
LENT = f"<html lang=fr><title>Lent</title><p>{'a<br>' * 15_000}"


@pytest.fixture(scope="module")
def atelier() -> Iterator[Atelier]:
    """Un atelier pour tous les essais ; il se relance après ceux qui tuent son serveur."""
    commun = Atelier()
    yield commun
    commun.fermer()


@pytest.fixture
def neuf() -> Iterator[Atelier]:
    """Un atelier qui n'a encore rien lancé."""
    neuf = Atelier()
    yield neuf
    neuf.fermer()


@pytest.fixture
def presse(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Atelier]]:
    """Des ateliers aux limites abaissées ; sur une machine chargée, leur serveur a le temps de démarrer."""
    monkeypatch.setattr(module_atelier, "_DEMARRAGE", SANS_HATE)
    ouverts: list[Atelier] = []

    def ouvrir_atelier(limites: Limites) -> Atelier:
        ouverts.append(Atelier(limites))
        return ouverts[-1]

    yield ouvrir_atelier
    for ouvert in ouverts:
        ouvert.fermer()


def enfants_de(pid: int | None) -> list[int]:
    return [int(enfant) for enfant in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def attendre(condition: Callable[[], object], secondes: float = SANS_HATE) -> None:
    limite = time.monotonic() + secondes
    while not condition():
        assert time.monotonic() < limite, "attente trop longue"
        time.sleep(0.02)


def vivant(pid: int) -> bool:
    """Vrai d'un processus qui tourne ; faux d'un mort, même pas encore recueilli."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def pendant_un_rendu(atelier: Atelier, geste: Callable[[int], None]) -> RenduImpossible:
    """Lance un rendu lent, attend son enfant, fait le geste (qui reçoit l'enfant) ; rend l'échec obtenu."""
    echecs: list[RenduImpossible] = []

    def rendre() -> None:
        try:
            atelier.rendre(LENT)
        except RenduImpossible as echec:
            echecs.append(echec)

    atelier.rendre(PAGE)
    fil = threading.Thread(target=rendre)
    fil.start()
    attendre(lambda: enfants_de(atelier.pid))
    geste(enfants_de(atelier.pid)[0])
    fil.join(SANS_HATE)
    assert not fil.is_alive()
    return echecs[0]


# --- Le cours ordinaire ------------------------------------------------------------------------------------------------
def test_rien_ne_demarre_avant_le_premier_rendu_et_le_serveur_sert_ensuite(neuf: Atelier) -> None:
    assert neuf.pid is None
    premier = neuf.rendre(PAGE)
    serveur = neuf.pid
    assert premier.startswith(b"%PDF-")
    assert neuf.rendre(PAGE) == premier
    assert neuf.pid == serveur


def test_le_rendu_isole_donne_les_octets_du_rendu_direct(atelier: Atelier) -> None:
    moteur = Moteur()
    assert atelier.rendre(PAGE) == moteur.rendre(PAGE)
    del moteur
    gc.collect()


def test_le_serveur_ne_recoit_pas_les_secrets_de_l_environnement(neuf: Atelier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "tres-secret")
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    neuf.rendre(PAGE)
    environnement = Path(f"/proc/{neuf.pid}/environ").read_bytes()
    assert b"secret" not in environnement


def test_le_serveur_n_herite_d_aucun_descripteur(neuf: Atelier, tmp_path: Path) -> None:
    with (tmp_path / "base").open("w") as ouvert, socket.socket(socket.AF_UNIX):
        os.set_inheritable(ouvert.fileno(), True)
        neuf.rendre(PAGE)
    cibles = [str(lien.readlink()) for lien in Path(f"/proc/{neuf.pid}/fd").iterdir()]
    assert str(tmp_path / "base") not in cibles
    assert not [cible for cible in cibles if cible.startswith("socket:")]


def test_chaque_processus_dedouble_lance_son_propre_serveur(atelier: Atelier) -> None:
    """Comme sous gunicorn : l'enfant d'un `fork` oublie le serveur et le verrou de son parent."""
    atelier.rendre(PAGE)
    lecture, ecriture = os.pipe()
    with atelier._verrou:
        enfant = os.fork()
        if not enfant:
            code = 1
            try:
                neuf = atelier.pid is None and atelier.rendre(PAGE).startswith(b"%PDF-")
                os.write(ecriture, str(atelier.pid).encode())
                atelier.fermer()
                code = 0 if neuf else 1
            finally:
                os._exit(code)
        _, fin = os.waitpid(enfant, 0)
    os.close(ecriture)
    pid_de_l_enfant = os.read(lecture, 20).decode()
    os.close(lecture)
    assert os.waitstatus_to_exitcode(fin) == 0
    assert pid_de_l_enfant != str(atelier.pid)
    assert atelier.rendre(PAGE)


# --- Les morts ---------------------------------------------------------------------------------------------------------
def test_l_enfant_tue_donne_un_echec_et_le_meme_serveur_sert_encore(atelier: Atelier) -> None:
    atelier.rendre(PAGE)
    serveur = atelier.pid
    echec = pendant_un_rendu(atelier, lambda enfant: os.kill(enfant, signal.SIGKILL))
    assert str(echec) == "signal 9"
    assert atelier.rendre(PAGE)
    assert atelier.pid == serveur


def test_le_serveur_tue_pendant_un_rendu_est_relance_et_son_enfant_meurt(atelier: Atelier) -> None:
    victimes: list[int] = []

    def tuer(enfant: int) -> None:
        victimes.append(enfant)
        assert atelier.pid
        os.kill(atelier.pid, signal.SIGKILL)

    echec = pendant_un_rendu(atelier, tuer)
    assert "interrompu" in str(echec)
    attendre(lambda: not vivant(victimes[0]))
    assert atelier.rendre(PAGE)


def test_le_serveur_mort_entre_deux_rendus_est_relance_sans_bruit(atelier: Atelier) -> None:
    atelier.rendre(PAGE)
    assert atelier.pid
    os.kill(atelier.pid, signal.SIGKILL)
    attendre(lambda: atelier.pid is None)
    assert atelier.rendre(PAGE)


def test_le_serveur_meurt_avec_son_parent_meme_pendant_un_rendu() -> None:
    """Un processus web tué net ne laisse ni serveur ni enfant."""
    programme = (
        "import sys, threading, time\n"
        "from candidatures.documents.atelier import Atelier\n"
        "atelier = Atelier(); atelier.rendre('<html lang=fr><title>x</title>x')\n"
        "threading.Thread(target=atelier.rendre, args=(sys.argv[1],), daemon=True).start()\n"
        "print(atelier.pid, flush=True); time.sleep(60)"
    )
    web = subprocess.Popen([sys.executable, "-c", programme, LENT[:60_000]], cwd=RACINE, stdout=subprocess.PIPE, text=True)
    with web:
        assert web.stdout
        serveur = int(web.stdout.readline())
        attendre(lambda: enfants_de(serveur))
        enfant = enfants_de(serveur)[0]
        web.kill()
    attendre(lambda: not vivant(serveur) and not vivant(enfant))


@pytest.mark.parametrize("tue", [False, True], ids=["ferme", "tue"])
def test_le_dossier_provisoire_des_fontes_est_efface(
    neuf: Atelier, tue: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    neuf.rendre(PAGE)
    assert neuf.pid
    assert list(tmp_path.rglob("weasyprint-*/*"))
    if tue:
        os.kill(neuf.pid, signal.SIGKILL)
    neuf.fermer()
    assert not list(tmp_path.iterdir())


# --- Les limites -------------------------------------------------------------------------------------------------------
def test_trop_de_calcul_tue_l_enfant_et_l_appel_suivant_marche(presse: Callable[..., Atelier]) -> None:
    atelier = presse(Limites(cpu=1, mur=SANS_HATE))
    fiche = formulaire.document(
        {"descriptif": Reponse(texte="a\n" * 20_000)},
        numero="B-1",
        departements=(),
        regions=(),
        porteurs=formulaire.organismes(("N", "S", "")),
    )
    with pytest.raises(PdfImpossible) as echec:
        produire_pdf(fiche, atelier)
    assert echec.value.phrase == IMPOSSIBLE
    assert str(echec.value.__cause__) == f"signal {signal.SIGXCPU.value}"
    assert produire_pdf(exemples.courte(), atelier).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("limites", "cause"),
    [
        (Limites(mur=1), "plus de 1 secondes"),
        (Limites(mur=SANS_HATE, memoire=20), "erreur du moteur"),
        (Limites(mur=SANS_HATE, fichier=0), "plus de 0 mégaoctets"),
    ],
    ids=["mur", "memoire", "taille"],
)
def test_chaque_limite_arrete_le_rendu(presse: Callable[..., Atelier], limites: Limites, cause: str) -> None:
    atelier = presse(limites)
    with pytest.raises(RenduImpossible, match=cause):
        atelier.rendre(PAGE if limites.fichier == 0 else LENT)
    serveur = atelier.pid
    assert serveur
    attendre(lambda: not enfants_de(serveur))


def test_un_serveur_fige_est_tue_a_l_heure(presse: Callable[..., Atelier], monkeypatch: pytest.MonkeyPatch) -> None:
    """Démarré sous les limites ordinaires, qu'une machine chargée n'atteint pas ; l'heure n'est abaissée qu'une fois figé."""
    atelier = presse(Limites())
    atelier.rendre(PAGE)
    assert atelier.pid
    os.kill(atelier.pid, signal.SIGSTOP)
    monkeypatch.setattr(module_atelier, "_DEMARRAGE", 0)
    atelier.limites = Limites(mur=1)
    with pytest.raises(RenduImpossible, match="interrompu"):
        atelier.rendre(PAGE)


@pytest.mark.parametrize(
    "texte",
    ["W" * 100_000, "\n" * 20_000 + "fin", "e" + "\u0301" * 20_000, "mot " * 5_000],
    ids=["mot", "vide", "accents", "mots"],
)
def test_un_texte_monstrueux_mais_permis_donne_un_pdf(texte: str) -> None:
    fiche = formulaire.document(
        {"descriptif": Reponse(texte=texte)},
        numero="B-1",
        departements=(),
        regions=(),
        porteurs=formulaire.organismes(("N", "S", "")),
    )
    assert produire_pdf(fiche).startswith(b"%PDF-")


# --- Un seul à la fois ---------------------------------------------------------------------------------------------------
def test_un_rendu_en_cours_fait_attendre_puis_renonce_par_une_phrase(presse: Callable[..., Atelier]) -> None:
    atelier = presse(Limites(attente=0.1))
    with atelier._verrou:
        with pytest.raises(PdfImpossible) as echec:
            produire_pdf(exemples.courte(), atelier)
        assert echec.value.phrase == OCCUPE
        assert isinstance(echec.value.__cause__, Occupe)
    assert atelier.rendre(PAGE)


def test_quatre_fils_obtiennent_chacun_leur_document(atelier: Atelier) -> None:
    obtenus: dict[int, bytes] = {}

    def rendre(rang: int) -> None:
        obtenus[rang] = atelier.rendre(f"<html lang=fr><title>x</title><p>Document {rang}")

    fils = [threading.Thread(target=rendre, args=(rang,)) for rang in range(4)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(SANS_HATE)
    assert {rang: f"Document {rang}" in texte_de(pdf) for rang, pdf in obtenus.items()} == dict.fromkeys(range(4), True)
