"""Les robots d'une mesure de la saisie : une candidature, un compte et une session chacun ; écrit le tout en JSON.

`python -m bench.robots N`, lancé par `bench/saisie.py` avec ses réglages.
"""

from __future__ import annotations

import json
import sys
import uuid
from typing import Any
from urllib.parse import urlencode

import django

django.setup()

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.memoire import fondre
from bench.peuplement import peupler
from bench.terrain import FORMULAIRE, session
from candidatures.etats import Etat
from candidatures.models import Candidature
from candidatures.plusieurs_mains.empreintes import ecrire, empreintes
from comptes.models import Habilitation, Role, Utilisateur

TEXTE, TABLEAU = ("accompagnement", "methodologie"), ("montage-financier", "lignes")
LIGNES = 6


def principal(combien: int) -> None:
    peupler(4 * combien)
    brouillons = Candidature.objects.filter(etat=Etat.BROUILLON).order_by("pk")[:combien]
    robots = [un_robot(rang, candidature) for rang, candidature in enumerate(brouillons)]
    with connection.cursor() as curseur:
        curseur.execute("ANALYZE")
        curseur.execute("SHOW server_version")
        postgresql = curseur.fetchone()[0].split()[0]
    print(json.dumps({"robots": robots, "postgresql": postgresql, "sql": {c: sql(robots[0], c) for c in ("texte", "tableau")}}))


def un_robot(rang: int, candidature: Candidature) -> dict[str, Any]:
    """Une personne qui remplit cette candidature : ses cookies, ce que sa page a lu, où elle envoie."""
    personne = Utilisateur.objects.creer(f"robot{rang}@exemple.fr", prenom="Robot", nom=f"Numéro {rang}")
    Habilitation.objects.create(utilisateur=personne, role=Role.DEPOSANT, organisme=candidature.organisme)
    cookies = session(personne)
    return {
        "pk": candidature.pk,
        "cookies": cookies,
        "page": str(uuid.uuid4()),
        "texte": candidature.methodologie,
        "saisie": {c: reverse("candidatures:saisie", args=[candidature.pk, code]) for c, code in _codes()},
        "section": reverse("candidatures:section", args=[candidature.pk, TEXTE[0]]),
        "plancher": reverse("plancher_section", args=[candidature.pk, TEXTE[0]]),
        "lu": ecrire(empreintes(candidature, [TEXTE[1], TABLEAU[1]])),
        "tableau": un_tableau(candidature),
    }


def _codes() -> list[tuple[str, str]]:
    return [("texte", TEXTE[0]), ("tableau", TABLEAU[0])]


def un_tableau(candidature: Candidature) -> dict[str, str]:
    """Le plan de financement tel qu'un navigateur l'envoie."""
    envoi = {}
    for prefixe, nature in (("depenses", "depense"), ("ressources", "ressource")):
        lignes = list(candidature.lignes.filter(nature=nature))
        envoi |= {f"{prefixe}-TOTAL_FORMS": str(LIGNES), f"{prefixe}-INITIAL_FORMS": str(len(lignes))}
        for rang, ligne in enumerate(lignes):
            envoi |= {f"{prefixe}-{rang}-libelle": ligne.libelle, f"{prefixe}-{rang}-montant": str(ligne.montant)}
            if nature == "ressource":
                envoi |= {f"{prefixe}-{rang}-financeur": ligne.financeur, f"{prefixe}-{rang}-etat": ligne.etat}
    return envoi


def sql(robot: dict[str, Any], cas: str) -> int:
    """Le nombre de requêtes du second enregistrement : le premier lit ce qu'un processus garde."""
    client = Client(headers={"host": "127.0.0.1"}, enforce_csrf_checks=True)
    client.cookies.load(robot["cookies"])
    for tour in range(2):
        commun = {"csrfmiddlewaretoken": robot["cookies"]["csrftoken"], "page": robot["page"], "lu": robot["lu"]}
        texte = {"champs": TEXTE[1], TEXTE[1]: f"{robot['texte']} {tour}"}
        tableau = {"champs": TABLEAU[1], **robot["tableau"], "depenses-0-libelle": f"Diagnostic {tour}"}
        corps = urlencode(commun | (texte if cas == "texte" else tableau))
        with CaptureQueriesContext(connection) as vues:
            reponse = client.post(robot["saisie"][cas], corps, content_type=FORMULAIRE)
        assert reponse.status_code == 200, reponse.content
        robot["lu"] = fondre(robot["lu"], reponse.json()["memoire"]["lu"])
    return sum(not vue["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")) for vue in vues.captured_queries)


if __name__ == "__main__":
    principal(int(sys.argv[1]))
