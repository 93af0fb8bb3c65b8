"""Chaque acte retient ce qu'il va changer avant de le lire : sans PostgreSQL, on ne voit pas la course, mais on voit le verrou.

Les courses elles-mêmes se jouent sur PostgreSQL (`test_courses*`), chacune avec son témoin.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from avis import actions as avis
from candidatures.annexes import actions as actions_annexes
from candidatures.circuit import PASSAGES
from candidatures.circuit.franchir import franchir
from candidatures.coherence.justifier import justifier
from candidatures.etats import Etat
from candidatures.models import Campagne, Candidature, Partage, TypeDAnnexe
from candidatures.partages import actions as partages
from candidatures.plusieurs_mains import ecrire as plusieurs_mains
from candidatures.saisie import actions
from hlm_projets.envoi.envoi import reserver
from hlm_projets.models import Courriel
from pilotage.decisions import actions as pilotage
from tests.avis.fabriques import DEPARTEMENT, REPONSES, agent, ecrire, rendre, un_dossier
from tests.candidatures.annexes import fichiers
from tests.fabriques import un_bailleur, un_brouillon, un_national, une_candidature
from tests.hlm_projets.fabrique import un_courriel
from tests.pilotage.fabriques import clore, relue

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_fichiers")]
Acte = Callable[[], object]


@pytest.fixture
def _fichiers(settings: Any, tmp_path: Any) -> None:
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": backend, "OPTIONS": {"location": tmp_path}}}
    settings.CLAMD_SOCKET = ""


@pytest.fixture
def retenus(monkeypatch: pytest.MonkeyPatch) -> list[type]:
    """Les modèles dont des lignes ont été retenues, dans l'ordre."""
    modeles: list[type] = []
    d_origine = QuerySet.select_for_update

    def select_for_update(self: Any, **options: Any) -> Any:
        modeles.append(self.model)
        return d_origine(self, **options)

    monkeypatch.setattr(QuerySet, "select_for_update", select_for_update)
    return modeles


def _sur_un_brouillon(acte: Callable[[Candidature, Any], object]) -> Acte:
    brouillon = un_brouillon()
    par = un_bailleur(brouillon.organisme)
    return lambda: acte(brouillon, par)


def deposer() -> Acte:
    return _sur_un_brouillon(lambda b, par: franchir(b, PASSAGES["deposer"], par=par, maintenant=timezone.now()))


def enregistrer() -> Acte:
    return _sur_un_brouillon(lambda b, par: actions.enregistrer(b, {"nom": "Neuf"}, par=par))


def supprimer() -> Acte:
    return _sur_un_brouillon(lambda b, par: actions.supprimer(b, par=par, maintenant=timezone.now()))


def repondre_a_un_constat() -> Acte:
    return _sur_un_brouillon(lambda b, par: justifier(b, {"aide_taux": "Oui."}, lues={}, par=par, le=timezone.now()))


def inviter() -> Acte:
    return _sur_un_brouillon(lambda b, par: partages.inviter(b, "a@exemple.fr", Partage.Droit.LIRE, par=par, le=timezone.now()))


def joindre() -> Acte:
    def acte(brouillon: Candidature, par: Any) -> object:
        type_ = TypeDAnnexe.objects.filter(campagne=brouillon.campagne).earliest("rang")
        contenu = BytesIO(fichiers.un_pdf())
        return actions_annexes.joindre(brouillon, type_, contenu, "a.pdf", par=par, maintenant=timezone.now())

    def prepare(brouillon: Candidature, par: Any) -> object:
        TypeDAnnexe.objects.creer_les_habituels(brouillon.campagne)
        return acte(brouillon, par)

    return _sur_un_brouillon(prepare)


def ecrire_un_avis() -> Acte:
    dossier, par = un_dossier(), agent(DEPARTEMENT, "77")
    return lambda: avis.enregistrer(avis.Brouillon(dossier, DEPARTEMENT, "77"), REPONSES[DEPARTEMENT], lues={}, par=par)


def rendre_un_avis() -> Acte:
    dossier, par = un_dossier(), agent(DEPARTEMENT, "77")
    ecrire(dossier, DEPARTEMENT, "77")
    return lambda: avis.rendre(dossier, DEPARTEMENT, "77", par=par, maintenant=timezone.now())


def rouvrir_un_avis() -> Acte:
    dossier, par = un_dossier(), un_national()
    rendre(dossier, DEPARTEMENT, "77")
    return lambda: avis.rouvrir(dossier, DEPARTEMENT, "77", par=par, maintenant=timezone.now(), motif="Une pièce manque.")


def reporter_un_avis() -> Acte:
    dossier, par, le = un_dossier(), un_national(), timezone.now()
    echeance = le + timedelta(days=40)
    return lambda: avis.reporter(dossier, DEPARTEMENT, "77", echeance, par=par, maintenant=le, motif="Congés.")


def publier() -> Acte:
    campagne, par = clore(une_candidature(Etat.RETENUE).campagne), un_national()
    return lambda: pilotage.publier(campagne, par=par, maintenant=timezone.now(), relue=relue(campagne))


def envoyer_un_courriel() -> Acte:
    un_courriel(timezone.now())
    return lambda: reserver(timezone.now())


ACTES: dict[Callable[[], Acte], tuple[type, ...]] = {
    **dict.fromkeys((deposer, enregistrer, supprimer, repondre_a_un_constat, inviter, joindre), (Candidature,)),
    **dict.fromkeys((ecrire_un_avis, rendre_un_avis, rouvrir_un_avis, reporter_un_avis), (Candidature,)),
    publier: (Campagne, Candidature),
    envoyer_un_courriel: (Courriel,),
}
"""Chaque acte, et ce qu'il retient d'abord, dans cet ordre : un autre ordre ferait deux actes s'attendre sans fin."""


@pytest.mark.parametrize("acte", ACTES, ids=lambda acte: acte.__name__)
def test_un_acte_retient_d_abord(acte: Callable[[], Acte], retenus: list[type]) -> None:
    agir = acte()
    plusieurs_mains._a_retenir.cache_clear()  # composée une fois par processus, elle ne le serait plus ici
    retenus.clear()
    agir()
    assert tuple(retenus[: len(ACTES[acte])]) == ACTES[acte]
