"""La fiche est le formulaire officiel : ses rubriques, leur ordre, leurs mots, écrits une seule fois."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from itertools import count

import pytest
from django.conf import settings
from django.db import models

from avis.models import AvisDepartemental, AvisRegional
from candidatures.champs import Precision
from candidatures.fiche import ENTETE, SECTIONS, TITRE
from candidatures.lecture.composition import est_numerotee

Ligne = tuple[str, str, str, str]

FORMULAIRE = settings.RACINE.parent / "shared" / "formulaire.md"
PUBLICS, LOGEMENTS = "Publics cibles du projet", "Modalités de mobilisation des logements"
ACCOMPAGNEMENT, PLAN = "Accompagnement", "Montage financier"
PLAN_ENTIER = f"{PLAN} (solidité financière du plan de financement et d'exploitation du projet, optimisation des coûts)"
DDCS = "Avis du service départemental en charge des politiques sociales du logement (DDCS ou DDT)"
DREAL = "Avis global formulé par le niveau régional (DREAL en collaboration avec DRJSCS)"
METHODE = (
    "Méthodologie de réalisation de l'accompagnement "
    "(étendue de l'accompagnement et objectifs visés, méthodes - l'aller vers, autres…-, durée et adaptabilité)"
)
MODELES: tuple[type[models.Model], ...] = (*SECTIONS, AvisDepartemental, AvisRegional)

# Numéro, code, section, intitulé et consigne : la copie figée du tableau officiel.
OFFICIEL: tuple[Ligne, ...] = (
    ("1", "localisation", "", "Localisation du projet"),
    ("2", "nom", "", "Nom du projet"),
    ("3", "porteurs", "", "Statut et nom du ou des porteur(s) du projet"),
    ("4", "descriptif", "", "Descriptif sommaire du projet et objectifs poursuivis"),
    ("5", "nombre_menages", PUBLICS, "Nombre de ménages accompagnés"),
    ("6", "dalo", PUBLICS, "Ménages éligibles au DALO"),
    ("7", "accords_collectifs", PUBLICS, "ou des accords collectifs"),
    ("8", "pdalpd", PUBLICS, "ou relevant globalement des publics cibles du PDALPD"),
    (
        *("9", "caracteristiques_publics", PUBLICS),
        "Caractéristiques des publics cibles (typologie des ménages, problématiques rencontrées, ressources)",
    ),
    ("10", "offre_nouvelle", LOGEMENTS, "Création d'une offre nouvelle"),
    ("11", "amenagement", LOGEMENTS, "Aménagement de logement existant"),
    ("12", "sans_amenagement", LOGEMENTS, "Mobilisation de logements existants sans aménagement"),
    ("13", "bas_loyer", LOGEMENTS, "Reclassement offre existante en offre à bas loyer"),
    ("14", "nombre_logements", LOGEMENTS, "Nombre de logements"),
    ("15", "typologie_logements", LOGEMENTS, "Typologie des logements"),
    ("16", "reservation_attribution", LOGEMENTS, "Modalités de réservation et d'attribution des logements"),
    ("17", "localisation_offre", LOGEMENTS, "Localisation de l'offre de logements accompagnés"),
    ("18", "methodologie", ACCOMPAGNEMENT, METHODE),
    (
        *("19", "complementarite_gestion", ACCOMPAGNEMENT),
        "Complémentarité avec la gestion locative (type de gestion locative : classique ou adaptée)",
    ),
    ("20", "adhesion_menage", ACCOMPAGNEMENT, "Démarche mise en place pour favoriser l'adhésion du ménage"),
    (
        *("21", "mobilisation_offre", ACCOMPAGNEMENT),
        "Modalités de mobilisation de l'offre d'accompagnement existante ou nouvelle",
    ),
    ("22", "relation_bailleur", ACCOMPAGNEMENT, "Structuration de la relation bailleur/accompagnateur"),
    (
        *("23", "adequation_besoins", ACCOMPAGNEMENT),
        "Adéquation du projet aux besoins spécifiques des publics ciblés par le projet",
    ),
    (
        *("24", "partenaires", "Partenariat"),
        "Partenaires mobilisés - exemples : collectivités territoriales, SIAO, associations, coordination entre les organismes, …",
    ),
    ("25", "montage_financier", PLAN_ENTIER, PLAN_ENTIER),
    (
        *("26", "cout_diagnostic", PLAN_ENTIER),
        "Coût du diagnostic de la situation des ménages par rapport au logement",
    ),
    ("27", "cout_accompagnement", PLAN_ENTIER, "Coût de l'accompagnement par ménage"),
    (
        *("28", "cout_gestion_locative", PLAN_ENTIER),
        "Coût interne ou externe de la gestion locative adaptée par logement",
    ),
    (
        *("29", "cout_global", PLAN_ENTIER),
        "Coût global en cas d'offre intégrée gestion locative adaptée + l'accompagnement par ménage",
    ),
    (
        *("30", "cofinancements", PLAN_ENTIER),
        "Cofinancements apportés (apports du CG, des collectivités territoriales, EPCI et Etat) : description synthétique du plan de financement",
    ),
    (
        *("31", "fndollts", PLAN_ENTIER),
        "En cas de création d'offre nouvelle, projet bénéficiant d'un financement à l'investissement du FNDOLLTS",
    ),
    ("32", "appel_en_cours", PLAN_ENTIER, "ou en ayant candidaté à un appel à projets en cours"),
    (
        *("33", "duree_mois", "Inscription de la démarche dans la durée"),
        "Les engagements pris par les porteurs du projet portent sur une durée de",
    ),
    ("34", "champ_libre", DDCS, "(champ libre)"),
    ("35", "pertinence", DDCS, "Pertinence du projet au regard des objectifs visés par l'appel à projets"),
    ("36", "reproductibilite", DDCS, "Caractère reproductible de la démarche"),
    ("37", "conditions", DDCS, "Conditions jugées nécessaires"),
    ("38", "sens", DREAL, "Favorable / Défavorable"),
    ("39", "champ_libre", DREAL, "(champ libre)"),
)
EXIGEES = {"localisation", "nom", "porteurs", "descriptif", "nombre_menages", "caracteristiques_publics", "methodologie"}
EXIGEES |= {"partenaires", "duree_mois"}


def titre_officiel(section: type[models.Model]) -> str:
    """Le titre de la section, avec la consigne de la rubrique qui en est le texte."""
    if getattr(section, "sans_titre_sur_le_papier", False):
        return ""
    texte = getattr(section, "texte_de_section", "")
    consigne = next((champ.help_text for champ in section._meta.local_fields if champ.name == texte), "")
    return f"{section._meta.verbose_name} {consigne}".strip()


def declare() -> Iterator[Ligne]:
    """Ce que disent les modèles, dans l'ordre où ils le disent."""
    rangs = count(1)
    for section in MODELES:
        for champ in section._meta.local_fields:
            if not hasattr(champ, "suite") or not est_numerotee(champ):
                continue
            intitule = f"{champ.verbose_name} {champ.help_text}".strip()
            if champ.name == "sens":
                intitule = " / ".join(str(libelle) for _, libelle in champ.choices or ())
            yield str(next(rangs)), champ.name, titre_officiel(section), intitule


def test_les_rubriques_sont_celles_du_papier_dans_leur_ordre() -> None:
    assert tuple(declare()) == OFFICIEL
    assert TITRE == "Présentation synthétique du projet"
    assert ENTETE == (
        "Les Hlm, habiter mieux, bien vivre ensemble",
        "Appel à projets",
        "Mise en place de 10 000 logements HLM accompagnés",
    )


@pytest.mark.skipif(not FORMULAIRE.exists(), reason="le tableau officiel n'est pas à côté du dépôt")
def test_la_copie_figee_est_le_tableau_officiel() -> None:
    lignes = [
        [cellule.strip() for cellule in ligne.strip("|").split("|")]
        for ligne in FORMULAIRE.read_text("utf-8").splitlines()
        if re.match(r"\|\s*\d+\s*\|", ligne)
    ]
    section, officiel = "", []
    for numero, codes, titre, intitule, *_ in lignes:
        section = titre or section
        texte = re.sub(r"\s+\(un seul\)$", "", intitule)
        code = codes.strip("`").split(",")[0].rpartition(".")[2]
        officiel.append((numero, code, "" if section == "(tête)" else section, texte))
    officiel = [(n, c, s, s if i == "(texte de la section)" else i) for n, c, s, i in officiel]
    assert tuple(officiel) == OFFICIEL


def test_ce_qui_est_exige() -> None:
    assert {champ.name for section in SECTIONS for champ in section._meta.local_fields if not champ.blank} == EXIGEES


def test_une_precision_suit_son_champ() -> None:
    for section in SECTIONS:
        noms = [champ.name for champ in section._meta.local_fields]
        for rang, champ in enumerate(section._meta.local_fields):
            if isinstance(champ, Precision):
                assert champ.name == f"{noms[rang - 1]}_precision"


def test_les_intitules_officiels_ne_sont_ecrits_qu_une_fois() -> None:
    """Dans la déclaration, et dans les essais ; partout ailleurs on les lit."""
    textes = [t for m in MODELES for c in m._meta.local_fields for t in (c.verbose_name, c.help_text)]
    intitules = {str(texte) for texte in (*textes, *(m._meta.verbose_name for m in MODELES)) if len(str(texte)) > 16}
    suivis = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=settings.RACINE,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    permis = ("candidatures/fiche.py", "avis/models/avis.py")
    trouves = []
    for nom in suivis:
        chemin = settings.RACINE / nom
        if chemin.suffix not in {".py", ".html", ".txt", ".js", ".css"} or not chemin.is_file():
            continue
        if nom in permis or nom.startswith("tests/") or "migrations" in chemin.parts:
            continue
        texte = chemin.read_text("utf-8")
        trouves += [f"{nom} : {intitule}" for intitule in sorted(intitules) if intitule in texte]
    assert trouves == []
