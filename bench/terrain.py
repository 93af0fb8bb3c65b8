"""Le terrain d'une mesure : remplit la base, ouvre deux sessions, compte les requêtes SQL ; écrit le tout en JSON.

`python -m bench.terrain N`, lancé par `bench/pages.py` avec ses réglages.
"""

from __future__ import annotations

import json
import sys
import uuid
from typing import Any
from urllib.parse import urlencode

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from avis.forms import formulaire_d_avis
from avis.models import AvisDepartemental
from bench.peuplement import agent, comptes, peupler
from candidatures.etats import Etat
from candidatures.models import Candidature
from candidatures.saisie.forms.section import formulaire_de
from candidatures.sections import SECTION_PAR_CODE
from comptes.models import Utilisateur
from comptes.seance import SessionStore

SECTIONS_MESUREES = ("projet", "publics", "accompagnement", "montage-financier")
SECTION_ENREGISTREE = "accompagnement"
DOSSIERS_PAR_PAGE = 8
FORMULAIRE = "application/x-www-form-urlencoded"
Page = dict[str, Any]


def principal(nombre: int) -> None:
    peupler(nombre)
    with connection.cursor() as curseur:
        curseur.execute("VACUUM ANALYZE")  # ce que PostgreSQL fait seul, quelques minutes après une telle écriture
        curseur.execute("SHOW server_version")
        postgresql = curseur.fetchone()[0].split()[0]
    admin, bailleur = map(session, comptes())
    pages = list(map(compter, [*les_pages(admin, bailleur), *les_pages_des_avis(admin)]))
    print(json.dumps({"candidatures": Candidature.objects.count(), "postgresql": postgresql, "pages": pages}))


def session(utilisateur: Utilisateur) -> dict[str, str]:
    """Les cookies d'une personne connectée."""
    magasin = SessionStore()
    magasin[SESSION_KEY], magasin[HASH_SESSION_KEY] = str(utilisateur.pk), utilisateur.get_session_auth_hash()
    magasin[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    magasin.save()
    requete = RequestFactory().get("/")
    get_token(requete)
    return {"sessionid": str(magasin.session_key), "csrftoken": requete.META["CSRF_COOKIE"]}


def les_pages(admin: dict[str, str], bailleur: dict[str, str]) -> list[Page]:
    """Chaque page mesurée, et son plancher."""
    deposees = list(Candidature.objects.deposees().order_by("pk").values_list("pk", flat=True)[:DOSSIERS_PAR_PAGE])
    brouillons = list(
        Candidature.objects.filter(etat=Etat.BROUILLON, organisme__nom="Habitat 00").order_by("pk")[:DOSSIERS_PAR_PAGE]
    )
    fiches = [
        lire(nom, f"candidatures:{route}", deposees, admin)
        for nom, route in (("lecture", "lecture"), ("dossier déposé", "fiche"))
    ]
    sections = [remplir(code, [c.pk for c in brouillons], bailleur) for code in SECTIONS_MESUREES]
    return [lister(admin), *fiches, *sections, enregistrer(brouillons, bailleur)]


def une_page(nom: str, cookies: dict[str, str], page: list[list[str]], plancher: list[list[str]], statut: int = 200) -> Page:
    return {"nom": nom, "cookies": cookies, "statut": statut, "page": page, "plancher": plancher}


def lister(cookies: dict[str, str]) -> Page:
    return une_page("liste", cookies, [[reverse("candidatures:liste"), ""]], [[reverse("plancher_liste"), ""]])


def lire(nom: str, route: str, dossiers: list[int], cookies: dict[str, str]) -> Page:
    page, plancher = ([[reverse(r, args=[pk]), ""] for pk in dossiers] for r in (route, "plancher_lecture"))
    return une_page(nom, cookies, page, plancher)


def remplir(code: str, dossiers: list[int], cookies: dict[str, str]) -> Page:
    page, plancher = (
        [[reverse(r, args=[pk, code]), ""] for pk in dossiers] for r in ("candidatures:section", "plancher_section")
    )
    return une_page(f"section {code}", cookies, page, plancher)


def enregistrer(brouillons: list[Candidature], cookies: dict[str, str]) -> Page:
    """La section telle qu'elle est, avec un premier texte neuf à chaque envoi."""
    page, plancher = (
        [[reverse(r, args=[c.pk, SECTION_ENREGISTREE]), corps(c, cookies["csrftoken"])] for c in brouillons]
        for r in ("candidatures:section", "plancher_section")
    )
    return une_page(f"enregistrer {SECTION_ENREGISTREE}", cookies, page, plancher, statut=302)


def corps(candidature: Candidature, jeton: str) -> str:
    form = formulaire_de(SECTION_PAR_CODE[SECTION_ENREGISTREE])(instance=candidature)
    valeurs = {champ.html_name: str(champ.value() or "") for champ in form}
    valeurs["methodologie"] += " ({n})"
    return urlencode({**valeurs, "csrfmiddlewaretoken": jeton, "rester": "1"}, safe="{}")


def les_pages_des_avis(admin: dict[str, str]) -> list[Page]:
    """L'agent qui instruit quelques dossiers, et la matrice de toute la France."""
    utilisateur, dossiers = agent(DOSSIERS_PAR_PAGE)
    cookies = session(utilisateur)
    avis = [(reverse("avis:avis", args=[pk, "departement", code]), reverse("plancher_avis", args=[pk])) for pk, code in dossiers]
    corps = [corps_d_avis(pk, code, cookies["csrftoken"]) for pk, code in dossiers]
    envois = [[[page, c] for page, c in zip(pages, corps, strict=True)] for pages in zip(*avis, strict=True)]
    return [
        une_page("à traiter", cookies, [[reverse("avis:a_traiter"), ""]], [[reverse("plancher_liste"), ""]]),
        une_page("matrice", admin, [[reverse("pilotage:matrice"), ""]], [[reverse("plancher_liste"), ""]]),
        une_page("avis", cookies, [[page, ""] for page, _ in avis], [[plancher, ""] for _, plancher in avis]),
        une_page("enregistrer un avis", cookies, *envois, statut=302),
    ]


def corps_d_avis(pk: int, code: str, jeton: str) -> str:
    """Un texte neuf à chaque envoi, d'une page qui sait ce qu'elle montrait : sans cette mémoire, tout texte gardé lui est disputé."""
    avis = AvisDepartemental.objects.get(candidature=pk, departement=code)
    form = formulaire_d_avis(avis)
    valeurs = {"pertinence": "Un avis qui change ({n})", "reproductibilite": "fort"}
    return urlencode(
        valeurs | {"csrfmiddlewaretoken": jeton, "page": str(uuid.uuid4()), "lu": form.memoire},
        safe="{}",
    )


def compter(page: Page) -> Page:
    """Ajoute le nombre de requêtes SQL de la page et de son plancher."""
    return page | {f"sql_{cote}": sql(page, *page[cote][0]) for cote in ("page", "plancher")}


def sql(page: Page, chemin: str, corps: str) -> int:
    """Le nombre de requêtes de la seconde demande : la première lit ce qu'un processus garde."""
    client = Client(headers={"host": "127.0.0.1"}, enforce_csrf_checks=True)
    client.cookies.load(page["cookies"])
    for tour in "01":
        with CaptureQueriesContext(connection) as vues:
            reponse = client.post(chemin, corps.replace("{n}", tour), content_type=FORMULAIRE) if corps else client.get(chemin)
    assert reponse.status_code == page["statut"], f"{chemin} : {reponse.status_code}"
    return sum(not vue["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")) for vue in vues.captured_queries)


if __name__ == "__main__":
    principal(int(sys.argv[1]))
