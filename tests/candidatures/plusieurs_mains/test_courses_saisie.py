"""Les courses de la saisie, en vrais fils, par les adresses que la page appelle ; chaque verrou a son témoin (G2, F-09, F-12).

Sur PostgreSQL seulement : SQLite met de lui-même les écritures l'une derrière l'autre.
"""

from __future__ import annotations

import uuid
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from candidatures.models import Candidature, Evenement, Version
from candidatures.plusieurs_mains.ecrire import remettre
from candidatures.plusieurs_mains.empreintes import ecrire, empreintes, lire
from candidatures.saisie.actions import Fiche
from comptes.ecriture import Conflit
from comptes.models import Utilisateur
from hlm_projets import composees
from hlm_projets.requete.middleware import maintenant
from tests.candidatures.circuit.test_courses import deposer
from tests.courses import VERROUS, cote_a_cote, ensemble, pendant
from tests.fabriques import relire, un_bailleur, un_brouillon

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


class Page:
    """Une page de saisie ouverte chez quelqu'un, avec sa mémoire ; elle envoie comme le fait `saisie.js`."""

    def __init__(self, brouillon: Candidature, code: str, *noms: str, par: Utilisateur | None = None) -> None:
        self.client, self.cle = Client(), str(uuid.uuid4())
        self.client.force_login(par or un_bailleur(brouillon.organisme))
        self.adresse = reverse("candidatures:saisie", args=[brouillon.pk, code])
        self.lu = ecrire(empreintes(relire(brouillon), noms))

    def envoyer(self, rang: str = "", **valeurs: str) -> Any:
        envoi = {"page": self.cle, "rang": rang, "lu": self.lu, "champs": " ".join(valeurs), **valeurs}
        reponse = self.client.post(self.adresse, envoi)
        return reponse.json() | {"statut": reponse.status_code}


# --- La même rubrique, deux rubriques --------------------------------------------------------------------------------------
@VERROUS
def test_huit_personnes_la_meme_rubrique_une_seule_l_ecrit(verrou: bool) -> None:
    """Les sept autres lisent les deux textes ; sans verrou, plusieurs s'écrasent en croyant avoir enregistré."""
    brouillon = un_brouillon(descriptif="d'avant")
    pages = [Page(brouillon, "projet", "descriptif") for _ in range(8)]
    actes = [partial(page.envoyer, descriptif=f"de {rang}") for rang, page in enumerate(pages)]
    rendus: list[Any] = ensemble(actes, verrou=verrou)
    ecrits = [f"de {rang}" for rang, rendu in enumerate(rendus) if rendu["ecrits"]]
    if not verrou:
        assert len(ecrits) > 1, "sans verrou, la course doit se voir"
        return
    assert ecrits == [relire(brouillon).descriptif]
    assert sum(len(rendu["conflits"]) for rendu in rendus) == 7


@pytest.mark.parametrize("recent", ["Le plus récent.", "d'avant"], ids=["qui écrit", "qui n'a rien à changer"])
def test_un_vieil_envoi_qui_a_attendu_le_verrou_ne_s_ecrit_plus(recent: str) -> None:
    """Une même page : ce qui a traîné en route arrive pendant que le plus récent s'écrit, et ne le sait qu'une fois le verrou pris."""
    brouillon = un_brouillon(descriptif="d'avant")
    page = Page(brouillon, "projet", "descriptif")
    rendus = pendant(partial(page.envoyer, "2", descriptif=recent), partial(page.envoyer, "1", descriptif="De longtemps."))
    assert not [rendu for rendu in rendus if isinstance(rendu, Exception)]
    assert relire(brouillon).descriptif == recent


@pytest.mark.parametrize("garde", [True, False], ids=["avec le verrou", "témoin sans verrou, la fiche récrite entière"])
def test_des_rubriques_differentes_et_un_tableau_tout_est_ecrit(garde: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Le verrou, et n'écrire que ce qui change, gardent chacun les autres colonnes ; sans l'un ni l'autre, ce qu'on dit écrit se perd."""
    if not garde:
        monkeypatch.setattr(composees, "enregistrer", lambda fiche, noms: fiche.save())
    brouillon = un_brouillon()
    noms = ["montage_financier", "cofinancements", "cout_diagnostic_precision"]
    pages = [Page(brouillon, "montage-financier", nom) for nom in noms]
    gestion = {f"{t}-{n}": v for t in ("depenses", "ressources") for n, v in (("TOTAL_FORMS", "1"), ("INITIAL_FORMS", "0"))}
    tableau = Page(brouillon, "montage-financier", "lignes")
    actes = [partial(page.envoyer, **{nom: f"{nom} écrit"}) for nom, page in zip(noms, pages, strict=True)]
    actes.append(partial(tableau.envoyer, **gestion, **{"depenses-0-libelle": "Volet"}))
    rendus: list[Any] = ensemble(actes, verrou=garde)
    assert [(rendu["ecrits"] != [], rendu["conflits"]) for rendu in rendus] == [(True, [])] * len(rendus)
    gardee = relire(brouillon)
    if not garde:
        assert sum(getattr(gardee, nom) == f"{nom} écrit" for nom in noms) <= 1, "sans garde, la course doit se voir"
        return
    assert [getattr(gardee, nom) for nom in noms] == [f"{nom} écrit" for nom in noms]
    assert [ligne.libelle for ligne in gardee.lignes.all()] == ["Volet"]


def test_temoin_une_ecriture_de_toute_la_fiche_perd_celle_du_voisin() -> None:
    """Ce que ferait un `save()` de formulaire : chacun récrit aussi ce qu'il n'a pas touché (constat 2)."""
    brouillon = un_brouillon(descriptif="d'avant", localisation="d'avant")
    lues = [relire(brouillon), relire(brouillon)]
    for lue, nom in zip(lues, ("descriptif", "localisation"), strict=True):
        setattr(lue, nom, "écrit")
    cote_a_cote(lue.save for lue in lues)
    gardee = relire(brouillon)
    assert [gardee.descriptif, gardee.localisation].count("écrit") == 1


@VERROUS
def test_quatre_personnes_qui_insistent_rien_ne_disparait(verrou: bool) -> None:
    """Chacune récrit dix fois la même rubrique, en gardant la sienne à chaque conflit : tout texte annoncé puis remplacé se retrouve.

    Et chaque ligne de l'historique part du texte où la précédente arrive. Sans verrou, dès le premier tour, chacune remplace un texte
    qu'elle n'a pas lu.
    """
    brouillon = un_brouillon(descriptif="d'avant")
    pages = [Page(brouillon, "projet", "descriptif") for _ in range(4)]

    tour = Barrier(4)

    def insister(rang: int) -> set[str]:
        page, dernier, dus = pages[rang], "", set()
        for annonce in range(10 if verrou else 1):
            tour.wait(30)
            while True:
                rendu = page.envoyer(descriptif=(texte := f"page {rang}, texte {annonce}"))
                page.lu = rendu["memoire"]["lu"]
                if rendu["ecrits"]:
                    break
                dus |= {dernier} - {""}  # un autre l'a remplacé
            dernier = texte
        return dus

    actes = [partial(insister, rang) for rang in range(4)]
    rendus: list[Any] = cote_a_cote(actes) if verrou else ensemble(actes, verrou=False)
    suite = brouillon.changements.filter(rubrique="descriptif").order_by("le", "pk")
    departs, arrivees = [c.avant for c in suite], [c.apres for c in suite]  # la première : de rien au texte d'avant
    if not verrou:
        assert departs == [None] + ["d'avant"] * 4, "sans verrou, la course doit se voir"
        return
    dus: set[str] = set().union(*rendus)
    assert dus
    assert dus <= {*departs, *arrivees}
    assert [*departs, relire(brouillon).descriptif] == [None, *arrivees]


@VERROUS
def test_remettre_un_ancien_texte_pendant_qu_un_collegue_tape(verrou: bool) -> None:
    """L'un des deux voit le texte de l'autre ; sans verrou, tous deux croient avoir écrit."""
    brouillon = un_brouillon(descriptif="d'avant")
    par = un_bailleur(brouillon.organisme)
    page, lu = Page(brouillon, "projet", "descriptif"), ecrire(empreintes(relire(brouillon), ["descriptif"]))

    def restaurer() -> None:
        remettre(
            Fiche(relire(brouillon)), "descriptif", "l'ancien", lire(lu), par=Utilisateur.objects.get(pk=par.pk), le=maintenant()
        )

    remis, tape = ensemble([restaurer, partial(page.envoyer, descriptif="du collègue")], verrou=verrou)
    assert isinstance(tape, dict)
    if not verrou:
        assert (remis, tape["conflits"]) == (None, []), "sans verrou, la course doit se voir"
        return
    assert isinstance(remis, Conflit) != bool(tape["conflits"])
    assert relire(brouillon).descriptif == ("du collègue" if isinstance(remis, Conflit) else "l'ancien")


# --- Un dépôt pendant qu'un collègue tape (F-12) ---------------------------------------------------------------------------
@VERROUS
def test_le_depot_d_abord_la_saisie_recoit_409_et_la_version_est_la_base(verrou: bool) -> None:
    brouillon = un_brouillon(nom="avant", descriptif="avant")
    par, page = un_bailleur(brouillon.organisme), Page(brouillon, "projet", "nom", "descriptif")
    saisir = partial(page.envoyer, nom="pendant", descriptif="pendant")
    depot, saisie = pendant(partial(deposer, brouillon, par), saisir, verrou=verrou)
    assert isinstance(depot, Evenement)
    assert isinstance(saisie, dict)
    figee, gardee = Version.objects.get().fiche, relire(brouillon)
    assert (figee["nom"], figee["descriptif"]) == ("avant", "avant")
    if verrou:
        assert (saisie["statut"], saisie["erreur"]) == (409, "deposee")
        assert (gardee.nom, gardee.descriptif) == ("avant", "avant")
    else:
        assert saisie["statut"] == 200
        assert gardee.nom == "pendant", "sans verrou, la version figée ignore ce qui est annoncé enregistré"


@VERROUS
def test_la_saisie_d_abord_le_depot_l_attend_et_la_contient(verrou: bool) -> None:
    brouillon = un_brouillon(nom="avant", descriptif="avant")
    par, page = un_bailleur(brouillon.organisme), Page(brouillon, "projet", "nom", "descriptif")
    saisir = partial(page.envoyer, nom="pendant", descriptif="pendant")
    saisie, depot = pendant(saisir, partial(deposer, brouillon, par), verrou=verrou)
    assert isinstance(depot, Evenement)
    assert isinstance(saisie, dict)
    assert saisie["statut"] == 200
    figee, gardee = Version.objects.get().fiche, relire(brouillon)
    assert (gardee.nom, gardee.descriptif) == ("pendant", "pendant")
    attendue = "pendant" if verrou else "avant"  # sans verrou, la version figée ignore ce qui est annoncé enregistré
    assert (figee["nom"], figee["descriptif"]) == (attendue, attendue)
