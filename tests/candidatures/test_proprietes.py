"""Toute fiche dans les bornes traverse l'application : écran → base → échange → base, et devient un PDF."""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings

from candidatures.champs import Case
from candidatures.documents.pdf import produire_pdf
from candidatures.echange.ecrire import ecrire_la_reponse, en_fiche
from candidatures.echange.lire import lire_fiche
from candidatures.lecture.composition import document_de
from candidatures.models import Candidature
from candidatures.saisie import actions
from candidatures.sections import CHAMPS, SECTION_PAR_CODE
from territoires.models import Departement
from tests.candidatures.saisie.page_de_section import FormulaireDuNavigateur
from tests.fabriques import relire, un_bailleur, un_brouillon
from tests.strategies import une_fiche

COMBIEN = int(os.environ.get("FICHES", "20"))
"""`FICHES=100 bin/test pg -- -o faulthandler_timeout=0 tests/candidatures/test_proprietes.py` : autant de fiches, la nuit."""
SERIES = 4
"""Autant d'essais, que plusieurs processus se partagent."""


def recopier(client: Client, depuis: Candidature, vers: Candidature) -> None:
    """Ouvre chaque section de l'une et l'envoie telle quelle à l'autre, avec les fins de ligne d'un navigateur."""
    for code in SECTION_PAR_CODE:
        page = client.get(reverse("candidatures:section", args=[depuis.pk, code])).content.decode()
        envoi = {
            nom: v.replace("\n", "\r\n") if isinstance(v, str) else v for nom, v in FormulaireDuNavigateur(page).envoi.items()
        }
        envoi.pop("lu")
        assert client.post(reverse("candidatures:section", args=[vers.pk, code]), envoi).status_code == 302, code


@pytest.mark.django_db
@pytest.mark.lent
@pytest.mark.parametrize("serie", range(SERIES))
@settings(max_examples=COMBIEN // SERIES, deadline=None, database=None, print_blob=True, suppress_health_check=list(HealthCheck))
@given(fiche=une_fiche())
def test_une_fiche_traverse_l_ecran_la_base_et_l_echange_et_s_imprime(serie: int, fiche: dict[str, Any]) -> None:
    depuis = un_brouillon(complet=False)
    vers = un_brouillon(depuis.campagne, depuis.organisme, complet=False)
    par, client = un_bailleur(depuis.organisme), Client()
    client.force_login(par)
    remplir(depuis, fiche)
    recopier(client, depuis, vers)
    attendue = en_fiche(relire(depuis))
    # Une case laissée vide vaut « non » dès que la section est enregistrée (formulaire).
    attendue |= {nom: bool(attendue[nom]) for nom, champ in CHAMPS.items() if isinstance(champ, Case)}
    ecrite = en_fiche(relire(vers))
    assert ecrite == attendue
    actions.charger(lire_fiche(ecrite), vers, par=par)
    assert en_fiche(relire(vers)) == ecrite
    assert produire_pdf(document_de(relire(vers))).startswith(b"%PDF-1.7")


def remplir(brouillon: Candidature, fiche: dict[str, Any]) -> None:
    """Écrit la fiche tirée, et elle seule ; ce que la base en garde est ce qui a été tiré."""
    departements = Departement.objects.filter(pk__in=fiche["departements"])
    listes = {"organismes": fiche["organismes"], "lignes": fiche["lignes"]}
    par = un_bailleur(brouillon.organisme)
    actions.enregistrer(brouillon, fiche["reponses"] | listes | {"departements": departements}, par=par)
    gardee = en_fiche(relire(brouillon))
    tiree = {nom: ecrire_la_reponse(nom, valeur) for nom, valeur in (fiche["reponses"] | listes).items()}
    assert {nom: gardee[nom] or None if nom in listes else gardee[nom] for nom in tiree} == tiree
    assert gardee["departements"] == sorted(fiche["departements"])
