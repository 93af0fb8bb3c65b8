"""Le formulaire officiel, vide : de quoi bâtir à la main le `Document` d'une candidature inventée."""

from __future__ import annotations

from dataclasses import dataclass

from candidatures.lecture.document import BlocAvis, CaseLue, Document, Rubrique, SectionAvis, SectionLue, Tableau

ENTETE = (
    "Les Hlm, habiter mieux, bien vivre ensemble",
    "Appel à projets",
    "Mise en place de 10 000 logements HLM accompagnés",
)
TITRE = "Présentation synthétique du projet"
SECTION_DEPARTEMENTALE = "Avis du service départemental en charge des politiques sociales du logement (DDCS ou DDT)"
SECTION_REGIONALE = "Avis global formulé par le niveau régional (DREAL en collaboration avec DRJSCS)"


@dataclass(frozen=True)
class Reponse:
    """Ce qu'un bailleur répond à une rubrique. `coche` : « oui », « non », « x » (case seule) ou vide."""

    texte: str = ""
    valeur: str = ""
    precision: str = ""
    coche: str = ""
    tableaux: tuple[Tableau, ...] = ()


# (code, intitulé, consigne, libellés des cases)
_TETE = (
    ("localisation", "Localisation du projet", "", ()),
    ("nom", "Nom du projet", "", ()),
    ("porteurs", "Statut et nom du ou des porteur(s) du projet", "", ()),
    ("descriptif", "Descriptif sommaire du projet et objectifs poursuivis", "", ()),
)
_OUI_NON = ("oui", "non")
_PUBLICS = (
    ("nombre_menages", "Nombre de ménages accompagnés", "", ()),
    ("dalo", "Ménages éligibles au DALO", "", _OUI_NON),
    ("accords_collectifs", "ou des accords collectifs", "", _OUI_NON),
    ("pdalpd", "ou relevant globalement des publics cibles du PDALPD", "", _OUI_NON),
    (
        "caracteristiques_publics",
        "Caractéristiques des publics cibles",
        "(typologie des ménages, problématiques rencontrées, ressources)",
        (),
    ),
)
_MOBILISATION = (
    ("offre_nouvelle", "Création d’une offre nouvelle", "", ("",)),
    ("amenagement", "Aménagement de logement existant", "", ("",)),
    ("sans_amenagement", "Mobilisation de logements existants sans aménagement", "", ("",)),
    ("bas_loyer", "Reclassement offre existante en offre à bas loyer", "", ("",)),
    ("nombre_logements", "Nombre de logements", "", ()),
    ("typologie_logements", "Typologie des logements", "", ()),
    ("reservation_attribution", "Modalités de réservation et d’attribution des logements", "", ()),
    ("localisation_offre", "Localisation de l’offre de logements accompagnés", "", ()),
)
_METHODE = "(étendue de l'accompagnement et objectifs visés, méthodes - l’aller vers, autres…-, durée et adaptabilité)"
_ACCOMPAGNEMENT = (
    ("methodologie", "Méthodologie de réalisation de l'accompagnement", _METHODE, ()),
    (
        "complementarite_gestion",
        "Complémentarité avec la gestion locative",
        "(type de gestion locative : classique ou adaptée)",
        ("classique", "adaptée"),
    ),
    ("adhesion_menage", "Démarche mise en place pour favoriser l’adhésion du ménage", "", ()),
    ("mobilisation_offre", "Modalités de mobilisation de l’offre d’accompagnement existante ou nouvelle", "", ()),
    ("relation_bailleur", "Structuration de la relation bailleur/accompagnateur", "", ()),
    ("adequation_besoins", "Adéquation du projet aux besoins spécifiques des publics ciblés par le projet", "", ()),
)
_PARTENARIAT = (
    (
        "partenaires",
        "Partenaires mobilisés - exemples : collectivités territoriales, SIAO, associations, coordination entre les organismes, …",
        "",
        (),
    ),
)
_COFINANCEMENTS = (
    "Cofinancements apportés (apports du CG, des collectivités territoriales, EPCI et Etat) : "
    "description synthétique du plan de financement"
)
_MONTAGE = (
    ("montage_financier", "", "", ()),
    ("cout_diagnostic", "Coût du diagnostic de la situation des ménages par rapport au logement", "", ()),
    ("cout_accompagnement", "Coût de l’accompagnement par ménage", "", ()),
    ("cout_gestion_locative", "Coût interne ou externe de la gestion locative adaptée par logement", "", ()),
    ("cout_global", "Coût global en cas d’offre intégrée gestion locative adaptée + l’accompagnement par ménage", "", ()),
    (
        "cofinancements",
        _COFINANCEMENTS,
        "",
        (),
    ),
    (
        "fndollts",
        "En cas de création d’offre nouvelle, projet bénéficiant d’un financement à l’investissement du FNDOLLTS",
        "",
        _OUI_NON,
    ),
    ("appel_en_cours", "ou en ayant candidaté à un appel à projets en cours", "", _OUI_NON),
)
_DUREE = (("duree_mois", "Les engagements pris par les porteurs du projet portent sur une durée de", "", ()),)
_SECTIONS = (
    ("projet", "", "", _TETE),
    ("publics", "Publics cibles du projet", "", _PUBLICS),
    ("mobilisation", "Modalités de mobilisation des logements", "", _MOBILISATION),
    ("accompagnement", "Accompagnement", "", _ACCOMPAGNEMENT),
    ("partenariat", "Partenariat", "", _PARTENARIAT),
    (
        "montage",
        "Montage financier",
        "(solidité financière du plan de financement et d’exploitation du projet, optimisation des coûts)",
        _MONTAGE,
    ),
    ("duree", "Inscription de la démarche dans la durée", "", _DUREE),
)


def plan(titre: str, lignes: tuple[tuple[str, ...], ...], total: str) -> Tableau:
    colonnes = ("Libellé", "Financeur", "État", "Montant", "Part")
    return Tableau(titre, colonnes, lignes, (("Total", "", "", total, ""),), (3, 4))


def organismes(*lignes: tuple[str, str, str]) -> Tableau:
    return Tableau("Organismes", ("Nom", "Statut", "SIREN"), lignes)


def avis(departements: tuple[str, ...], regions: tuple[str, ...]) -> tuple[SectionAvis, ...]:
    """La huitième section, vide comme sur le papier."""
    sens = (CaseLue("Favorable", False), CaseLue("Défavorable", False))
    return (
        SectionAvis(SECTION_DEPARTEMENTALE, False, tuple(avis_departemental(nom) for nom in departements)),
        SectionAvis(
            SECTION_REGIONALE,
            True,
            tuple(
                BlocAvis(nom, rubriques=(Rubrique("sens", "38", "", cases=sens), Rubrique("champ", "39", ""))) for nom in regions
            ),
        ),
    )


def avis_departemental(territoire: str) -> BlocAvis:
    degres = tuple(CaseLue(libelle, False) for libelle in ("Faible", "Moyen", "Fort"))
    return BlocAvis(
        territoire,
        rubriques=(
            Rubrique("champ_libre", "34", ""),
            Rubrique("pertinence", "35", "Pertinence du projet au regard des objectifs visés par l’appel à projets"),
            Rubrique("reproductibilite", "36", "Caractère reproductible de la démarche", cases=degres),
            Rubrique("conditions", "37", "Conditions jugées nécessaires"),
        ),
    )


def document(
    reponses: dict[str, Reponse],
    *,
    numero: str,
    departements: tuple[str, ...],
    regions: tuple[str, ...],
    porteurs: Tableau,
    brouillon: bool = False,
    mention: str = "",
) -> Document:
    """Le formulaire complet, rempli de ces réponses."""
    inconnus = reponses.keys() - {code for _, _, _, lignes in _SECTIONS for code, *_ in lignes}
    assert not inconnus, inconnus
    sections = tuple(
        SectionLue(code, titre, consigne, tuple(_rubrique(ligne, reponses) for ligne in lignes))
        for code, titre, consigne, lignes in _SECTIONS
    )
    nom = reponses.get("nom", Reponse()).valeur
    return Document(TITRE, ENTETE, numero, nom, brouillon, mention, sections, avis(departements, regions), porteurs)


def _rubrique(ligne: tuple[str, str, str, tuple[str, ...]], reponses: dict[str, Reponse]) -> Rubrique:
    code, intitule, consigne, libelles = ligne
    dite = reponses.get(code, Reponse())
    cases = tuple(CaseLue(libelle, dite.coche == (libelle or "x")) for libelle in libelles)
    return Rubrique(code, "", intitule, consigne, cases, dite.valeur, dite.precision, dite.texte, dite.tableaux)
