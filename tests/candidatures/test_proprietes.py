"""Toute fiche dans les bornes traverse l'application : écran → base → échange → base, et devient un PDF."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings

from candidatures.champs import Case
from candidatures.documents.pdf import produire_pdf
from candidatures.echange.ecrire import en_fiche
from candidatures.echange.lire import lire_fiche
from candidatures.lecture.composition import document_de
from candidatures.models import Candidature
from candidatures.saisie import actions
from candidatures.sections import CHAMPS, SECTION_PAR_CODE
from tests.candidatures.saisie.page_de_section import FormulaireDuNavigateur
from tests.fabriques import relire, un_bailleur, un_brouillon
from tests.strategies import des_reponses


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
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(reponses=des_reponses())
def test_une_fiche_traverse_l_ecran_la_base_et_l_echange_et_s_imprime(reponses: dict[str, Any]) -> None:
    depuis = un_brouillon(**reponses)
    vers = un_brouillon(depuis.campagne, depuis.organisme, complet=False)
    par, client = un_bailleur(depuis.organisme), Client()
    client.force_login(par)
    recopier(client, depuis, vers)
    attendue = en_fiche(relire(depuis))
    # Une case laissée vide vaut « non » dès que la section est enregistrée (formulaire).
    attendue |= {nom: bool(attendue[nom]) for nom, champ in CHAMPS.items() if isinstance(champ, Case)}
    ecrite = en_fiche(relire(vers))
    assert ecrite == attendue
    actions.charger(lire_fiche(ecrite), vers, par=par)
    assert en_fiche(relire(vers)) == ecrite
    assert produire_pdf(document_de(relire(vers))).startswith(b"%PDF-1.7")
