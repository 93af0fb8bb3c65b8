"""La matrice des droits (G1) : chaque route, chaque méthode, chaque rôle, sur un objet à soi et sur celui d'autrui.

Ajouter une route, c'est ajouter ici une ligne par méthode et par objet : ce que chacun obtient. Qui n'est pas nommé obtient 404,
et l'anonyme est renvoyé à la connexion (sauf sur une page publique) ; s'il envoie quelque chose, 401 et sa saisie rendue.
Une méthode qui n'a pas de ligne est refusée à tous (405).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import URLResolver, get_resolver

from tests.avis import fabriques as avis
from tests.droits.lignes import (
    AGENTS,
    ANONYME,
    BAILLEURS,
    CONNECTES,
    CONSULTENT,
    DE_A,
    DE_B,
    DE_LA_REGION_11,
    DU_77,
    INVITES,
    LISENT_LA_DEPOSEE_A,
    LISENT_LE_BROUILLON_A,
    NATIONAL,
    PAGES,
    PUBLIQUES,
    REMPLISSENT_A,
    ROLES,
    TOUS,
    Ligne,
    ligne,
)
from tests.droits.matrice_annexes import lignes_des_annexes
from tests.droits.matrice_partages import lignes_des_partages
from tests.droits.matrice_passages import lignes_des_passages
from tests.droits.objets import CLES

__all__ = ["CLES", "MATRICE", "PUBLIQUES", "ROLES", "Ligne", "routes"]


def _pages() -> Iterator[Ligne]:
    yield ligne("accueil", ok=ANONYME, vers=CONNECTES)
    for page in PAGES:
        yield ligne(page, ok=TOUS)
    yield ligne("account_login", ok=ANONYME, vers=CONNECTES)
    yield ligne("account_login", "POST", ok=ANONYME, vers=CONNECTES)
    yield ligne("jeton", ok=TOUS)
    yield ligne("account_logout", ok=CONNECTES, vers=ANONYME)
    yield ligne("account_logout", "POST", vers=TOUS)
    yield ligne("account_change_password", ok=CONNECTES)
    yield ligne("account_change_password", "POST", ok=CONNECTES)
    yield ligne("account_reset_password", ok=TOUS)
    yield ligne("account_reset_password", "POST", vers=TOUS, donnees={"email": "inconnue@exemple.fr"})
    yield ligne("account_reset_password_done", ok=TOUS)
    yield ligne("account_reset_password_from_key", objet="lien_de_mot_de_passe", ok=TOUS)
    yield ligne("account_reset_password_from_key", "POST", "lien_de_mot_de_passe", ok=TOUS)
    yield ligne("account_reset_password_from_key_done", ok=TOUS)
    yield ligne("demonstration")
    yield ligne("demonstration", "POST", donnees={"courriel": "personne1@exemple.fr"})


def _comptes() -> Iterator[Ligne]:
    yield ligne("comptes:invitation", objet="lien_valable", ok=TOUS)
    yield ligne("comptes:invitation", "POST", "lien_valable", ok=TOUS)
    yield ligne("comptes:invitation", objet="lien_faux", perdu=TOUS)
    yield ligne("comptes:invitation", "POST", "lien_faux", perdu=TOUS)
    for liste in ("organismes", "personnes"):
        yield ligne(f"comptes:{liste}", ok=NATIONAL)
    for route in ("organisme_creer", "personne_inviter"):
        yield ligne(f"comptes:{route}", ok=NATIONAL)
        yield ligne(f"comptes:{route}", "POST", ok=NATIONAL)
    for route, objet in (("organisme_modifier", "organisme_a"), ("personne_modifier", "deposant")):
        yield ligne(f"comptes:{route}", objet=objet, ok=NATIONAL)
        yield ligne(f"comptes:{route}", objet="inexistant")
        yield ligne(f"comptes:{route}", "POST", "inexistant")
    yield ligne("comptes:organisme_modifier", "POST", "organisme_a", ok=NATIONAL)
    yield ligne(
        "comptes:personne_modifier",
        "POST",
        "deposant",
        vers=NATIONAL,
        donnees={"habilitations-TOTAL_FORMS": 0, "habilitations-INITIAL_FORMS": 0},
    )
    for objet in ("invitee", "deposant"):
        yield ligne("comptes:personne_reinviter", "POST", objet, vers=NATIONAL)
    yield ligne("comptes:personne_reinviter", "POST", "inexistant")


def _dossier() -> Iterator[Ligne]:
    """La fiche et le dossier : à soi, à autrui, brouillon ou déposé."""
    yield ligne("candidatures:mes", ok=BAILLEURS | INVITES)
    yield ligne("candidatures:creer", ok=BAILLEURS)
    yield ligne("candidatures:creer", "POST", ok=BAILLEURS)
    for route in ("fiche", "lecture", "pdf"):
        yield ligne(f"candidatures:{route}", objet="brouillon_a", ok=LISENT_LE_BROUILLON_A)
        yield ligne(f"candidatures:{route}", objet="deposee_a", ok=LISENT_LA_DEPOSEE_A)
        yield ligne(f"candidatures:{route}", objet="deposee_b", ok=DE_B | NATIONAL | {"autre_agent", "lecteur"})
        yield ligne(f"candidatures:{route}", objet="inexistant")
    for route in ("recu", "recu_pdf"):
        yield ligne(f"candidatures:{route}", objet="brouillon_a")
        yield ligne(f"candidatures:{route}", objet="deposee_a", ok=LISENT_LA_DEPOSEE_A)
    yield ligne("candidatures:verifier", objet="brouillon_a", ok=REMPLISSENT_A)
    yield ligne("candidatures:verifier", objet="deposee_a", vers=REMPLISSENT_A)
    yield ligne("candidatures:verifier", objet="brouillon_b", ok=DE_B)
    yield ligne("candidatures:jumeler", "POST", "deposee_a", vers=NATIONAL)
    yield ligne("candidatures:jumeler", "POST", "inexistant")
    yield ligne("candidatures:justifier", "POST", "brouillon_a", vers=REMPLISSENT_A)
    yield ligne("candidatures:justifier", "POST", "deposee_a", vers=REMPLISSENT_A)
    yield ligne("candidatures:justifier", "POST", "brouillon_b", vers=DE_B)
    yield ligne("candidatures:verifier_etat", "POST", "brouillon_a", ok=REMPLISSENT_A)
    yield ligne("candidatures:verifier_etat", "POST", "brouillon_b", ok=DE_B)
    yield ligne("candidatures:verifier_etat", "POST", "inexistant")
    for methode in ("GET", "POST"):
        yield ligne("candidatures:supprimer", methode, "deposee_a")
        yield ligne("candidatures:supprimer", methode, "inexistant")
    yield ligne("candidatures:supprimer", objet="brouillon_a", ok=DE_A)
    yield ligne("candidatures:supprimer", "POST", "brouillon_a", vers=DE_A)


def _saisie() -> Iterator[Ligne]:
    """Les sections et les passages."""
    section = "candidatures:section"
    for code in ("projet", "publics", "mobilisation", "accompagnement", "partenariat", "montage-financier", "duree"):
        yield ligne(section, objet="brouillon_a", code=code, ok=REMPLISSENT_A)
    yield ligne(section, objet="brouillon_a", code="inventee")
    yield ligne(section, "POST", "brouillon_a", code="inventee")
    yield ligne(section, objet="brouillon_b", code="publics", ok=DE_B)
    yield ligne(section, objet="deposee_a", code="publics", vers=REMPLISSENT_A)
    yield ligne(section, "POST", "brouillon_a", code="publics", vers=REMPLISSENT_A)
    yield ligne(section, "POST", "deposee_a", code="publics", conflit=REMPLISSENT_A)
    yield ligne(section, "POST", "inexistant", code="publics")
    for route in ("candidatures:saisie", "candidatures:etat"):
        yield ligne(route, "POST", "brouillon_a", code="publics", ok=REMPLISSENT_A)
        yield ligne(route, "POST", "brouillon_b", code="publics", ok=DE_B)
        yield ligne(route, "POST", "brouillon_a", code="inventee")
        yield ligne(route, "POST", "inexistant", code="publics")
    historique = "candidatures:historique"
    for methode, obtient in (("GET", "ok"), ("POST", "vers")):
        yield ligne(historique, methode, "brouillon_a", **{obtient: REMPLISSENT_A})
        yield ligne(historique, methode, "deposee_a", **{obtient: REMPLISSENT_A})
        yield ligne(historique, methode, "brouillon_b", **{obtient: DE_B})
        yield ligne(historique, methode, "inexistant")
    yield from lignes_des_passages()


def _reprise() -> Iterator[Ligne]:
    """Reprendre un dossier d'une édition antérieure : son organisme seul ; dire relu : qui peut remplir."""
    reprendre, relu = "candidatures:reprendre", {"code": "publics", "champ": "dalo"}
    for methode in ("GET", "POST"):
        yield ligne(reprendre, methode, "ancienne_a", ok=DE_A)
        yield ligne(reprendre, methode, "deposee_a", ok=DE_A)
        yield ligne(reprendre, methode, "deposee_b", ok=DE_B)
        yield ligne(reprendre, methode, "inexistant")
        yield ligne("candidatures:relu", methode, "inexistant", **relu)
        yield ligne("candidatures:relu", methode, "brouillon_a", code="publics", champ="inventee")
    yield ligne("candidatures:relu", objet="brouillon_a", vers=LISENT_LE_BROUILLON_A, **relu)
    yield ligne("candidatures:relu", "POST", "brouillon_a", vers=REMPLISSENT_A, donnees={"rester": "1"}, **relu)
    yield ligne("candidatures:relu", "POST", "deposee_a", conflit=REMPLISSENT_A, donnees={"rester": "1"}, **relu)


def _national() -> Iterator[Ligne]:
    """Les listes, les archives, les campagnes."""
    yield ligne("candidatures:liste", ok=CONSULTENT, vers=BAILLEURS | INVITES)
    yield ligne("candidatures:archive_creer", "POST", vers=CONSULTENT)
    yield ligne("candidatures:archive", objet="archive", ok=NATIONAL)
    yield ligne("candidatures:archive", objet="archive_inexistante")
    yield ligne("candidatures:archive_telecharger", objet="archive")  # pas encore prête
    yield ligne("candidatures:archive_telecharger", objet="archive_inexistante")
    yield ligne("candidatures:campagnes", ok=NATIONAL)
    yield ligne("candidatures:campagne_creer", ok=NATIONAL)
    yield ligne("candidatures:campagne_creer", "POST", ok=NATIONAL)
    yield ligne("candidatures:campagne_modifier", objet="campagne", ok=NATIONAL)
    yield ligne("candidatures:campagne_modifier", "POST", "campagne", ok=NATIONAL)
    yield ligne("candidatures:campagne_controles", objet="campagne", ok=NATIONAL)
    yield ligne("candidatures:campagne_controles", "POST", "campagne", vers=NATIONAL)
    yield ligne("candidatures:campagne_controles", objet="inexistant")
    for methode in ("GET", "POST"):
        yield ligne("candidatures:campagne_modifier", methode, "inexistant")


def _avis() -> Iterator[Ligne]:
    """Les avis : chacun le sien ; le national lit ceux qui sont rendus, et peut les rouvrir ou les reporter."""
    un, departement, region = "avis:avis", {"niveau": "departement", "territoire": "77"}, {"niveau": "region", "territoire": "11"}
    yield ligne("avis:a_traiter", ok=AGENTS)
    yield ligne(un, objet="deposee_a", ok=DU_77 | NATIONAL, **departement)
    yield ligne(un, objet="rendu_a", ok=DU_77 | DE_LA_REGION_11 | NATIONAL | {"lecteur"}, **departement)
    yield ligne(un, objet="deposee_a", ok=DE_LA_REGION_11 | NATIONAL, **region)
    yield ligne(un, "POST", "deposee_a", vers=DU_77, **departement)
    yield ligne(un, "POST", "deposee_a", vers=DE_LA_REGION_11, **region)
    yield ligne(un, "POST", "deposee_a", conflit=DE_LA_REGION_11, donnees=avis.envoi(avis.REGION) | {"rendre": "1"}, **region)
    yield ligne(un, "POST", "deposee_a", vers=DU_77, donnees=avis.envoi() | {"rendre": "1"}, **departement)
    yield ligne(un, "POST", "rendu_a", vers=DU_77, donnees=avis.envoi() | {"rendre": "1"}, **departement)
    for methode in ("GET", "POST"):
        for objet in ("brouillon_a", "inexistant"):
            yield ligne(un, methode, objet, **departement)
        yield ligne(un, methode, "deposee_a", niveau="departement", territoire="13")
        yield ligne(un, methode, "deposee_a", niveau="commune", territoire="77")
    for route in ("avis:saisie", "avis:etat"):
        yield ligne(route, "POST", "deposee_a", ok=DU_77, **departement)
        yield ligne(route, "POST", "deposee_a", ok=DE_LA_REGION_11, **region)
        yield ligne(route, "POST", "rendu_a", conflit=DU_77, **departement)
        for objet in ("brouillon_a", "inexistant"):
            yield ligne(route, "POST", objet, **departement)
    for objet in ("deposee_a", "rendu_a"):
        yield ligne("avis:historique", objet=objet, ok=DU_77, **departement)
        yield ligne("avis:historique", "POST", objet, vers=DU_77, **departement)
    yield ligne("avis:historique", objet="deposee_a", ok=DE_LA_REGION_11, **region)
    for methode in ("GET", "POST"):
        yield ligne("avis:historique", methode, "brouillon_a", **departement)
        yield ligne("avis:historique", methode, "inexistant", **departement)
    yield from _avis_du_national(departement)


def _avis_du_national(departement: dict[str, str]) -> Iterator[Ligne]:
    report = {"echeance_jour": "2099-06-30", "echeance_heure": "23:59", "motif": "Un motif."}
    yield ligne("avis:rouvrir", objet="rendu_a", ok=NATIONAL, **departement)
    yield ligne("avis:rouvrir", objet="deposee_a", **departement)
    yield ligne("avis:rouvrir", "POST", "rendu_a", ok=NATIONAL, **departement)
    yield ligne("avis:rouvrir", "POST", "rendu_a", vers=NATIONAL, donnees={"motif": "Un motif."}, **departement)
    yield ligne("avis:rouvrir", "POST", "deposee_a", conflit=NATIONAL, donnees={"motif": "Un motif."}, **departement)
    yield ligne("avis:reporter", objet="deposee_a", ok=NATIONAL, **departement)
    yield ligne("avis:reporter", "POST", "deposee_a", ok=NATIONAL, **departement)
    yield ligne("avis:reporter", "POST", "deposee_a", vers=NATIONAL, donnees=report, **departement)
    yield ligne("avis:reporter", "POST", "rendu_a", conflit=NATIONAL, donnees=report, **departement)
    for route in ("rouvrir", "reporter"):
        for methode in ("GET", "POST"):
            yield ligne(f"avis:{route}", methode, "inexistant", **departement)


def _pilotage() -> Iterator[Ligne]:
    """La matrice : la région, le comité, le national ; la décision : le comité la lit, le national la prend et la publie."""
    yield ligne("pilotage:matrice", ok=DE_LA_REGION_11 | NATIONAL | {"lecteur"})
    yield ligne("pilotage:decisions", ok=NATIONAL | {"lecteur"})
    yield ligne("pilotage:publier", objet="campagne", ok=NATIONAL)
    yield ligne("pilotage:publier", "POST", "campagne", conflit=NATIONAL)
    yield ligne("pilotage:publier", "POST", "campagne", conflit=NATIONAL, donnees={"confirme": "on"})
    for methode in ("GET", "POST"):
        yield ligne("pilotage:publier", methode, "inexistant")
    passage = "candidatures:franchir"
    for transition in ("retenir", "mettre_en_liste_complementaire", "ne_pas_retenir"):
        donnees = {"montant": "1000", "motif": "Un motif."}
        yield ligne(passage, objet="au_comite_a", transition=transition, ok=NATIONAL)
        yield ligne(passage, "POST", "au_comite_a", transition=transition, donnees=donnees, vers=NATIONAL)
    yield ligne(passage, objet="au_comite_a", transition="revenir_au_comite", vers=NATIONAL)
    yield ligne(passage, "POST", "au_comite_a", transition="retenir", conflit=NATIONAL)
    yield ligne(passage, "POST", "au_comite_a", transition="ouvrir_comite")
    yield ligne("comptes:services", ok=NATIONAL)
    yield ligne("comptes:services", "POST", conflit=NATIONAL)


_DOSSIERS = (*_dossier(), *_saisie(), *lignes_des_annexes(), *lignes_des_partages(), *_reprise())
MATRICE = (*_pilotage(), *_avis(), *_pages(), *_comptes(), *_DOSSIERS, *_national())


# --- Les routes du site -----------------------------------------------------------------------------------------------------
def routes(resolveur: URLResolver | None = None, espaces: tuple[str, ...] = ()) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Chaque route du site, par son nom, et sa vue ; une route sans nom est une faute."""
    for motif in (resolveur or get_resolver()).url_patterns:
        if isinstance(motif, URLResolver):
            yield from routes(motif, espaces + ((motif.namespace,) if motif.namespace else ()))
        else:
            assert motif.name, f"route sans nom : {motif.pattern}"
            yield ":".join((*espaces, motif.name)), motif.callback
