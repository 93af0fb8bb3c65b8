"""Les vrais PDF des avis : pour chaque rôle, les marques qu'on y lit, une fois rendus, sont exactement les siennes."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from avis.attendus import Niveau
from candidatures.models import Candidature
from tests.avis.fabriques import un_dossier
from tests.avis.test_fuites import ETATS, ROLES, TEXTES
from tests.candidatures.documents.outils import serre
from tests.contenus import textes_de
from tests.fabriques import relire

pytestmark = [pytest.mark.django_db, pytest.mark.une_fois]


MARQUE = re.compile(r"zzavis:((?:departement|region)-\w+):(\w+?)zz")
"""Au plus court : le texte est lu sans ses blancs, que la mise en page déplace."""


def marques_imprimees(role: str, dossier: Candidature) -> set[tuple[str, str]]:
    """Ce que ce rôle lit du PDF : ses pages, ses métadonnées, ses pièces jointes ; un mot coupé en fin de ligne est recollé."""
    client = Client()
    client.force_login(ROLES[role](dossier))
    reponse = client.get(reverse("candidatures:pdf", args=[dossier.pk]))
    if reponse.status_code == 404:
        return set()
    assert reponse.content.startswith(b"%PDF-")
    return set(MARQUE.findall("\n".join(serre(texte) for texte in textes_de(reponse.content))))


@pytest.mark.parametrize("etat", ["brouillons", "tous rendus", "publié, avis communiqués", "publié, avis non communiqués"])
def test_chaque_role_ne_lit_du_vrai_pdf_que_les_avis_qui_lui_sont_ouverts(etat: str) -> None:
    mener, permis = ETATS[etat]
    dossier = un_dossier(["77", "13"])
    mener(dossier)
    dossier = relire(dossier)
    for role in ROLES:
        ouverts = permis.get(role, set()) if etat != "brouillons" else set()
        attendues = {(avis, champ) for avis in ouverts for champ in TEXTES[Niveau(avis.partition("-")[0])]}
        assert marques_imprimees(role, dossier) == attendues, role
