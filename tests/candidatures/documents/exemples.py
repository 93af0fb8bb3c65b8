"""Trois candidatures inventées, de mêmes formes que de vraies : une courte, une à numérotation, une sur huit départements."""

from __future__ import annotations

from candidatures.lecture.document import Document
from tests.candidatures.documents.formulaire import Reponse, document, organismes, plan

_COURTE = {
    "localisation": Reponse(valeur="Agglomération de Valmorey"),
    "nom": Reponse(valeur="Aller au-devant des premiers impayés"),
    "porteurs": Reponse(texte="OPH Valmorey Habitat et association Le Relais du Seuil"),
    "descriptif": Reponse(
        texte="Repérer dès la première échéance manquée les locataires qui ne répondent plus, et aller à leur rencontre."
    ),
    "nombre_menages": Reponse(valeur="18"),
    "pdalpd": Reponse(coche="oui"),
    "caracteristiques_publics": Reponse(
        texte="Des personnes arrivées dans l’année, sans proche à proximité, dont le courrier revient.\n"
        "Toutes les tailles de foyer ; des revenus modestes, souvent irréguliers.\n"
        "Ce qui nous alerte : une échéance manquée, puis une porte qui reste fermée."
    ),
    "sans_amenagement": Reponse(coche="x"),
    "nombre_logements": Reponse(precision="au fil des libérations"),
    "typologie_logements": Reponse(texte="au fil des libérations"),
    "localisation_offre": Reponse(texte="Agglomération de Valmorey"),
    "methodologie": Reponse(texte="Un premier regard social, en deux visites"),
    "relation_bailleur": Reponse(texte="une charte d’une page, signée par Valmorey Habitat et Le Relais du Seuil"),
    "partenaires": Reponse(texte="L’association agit seule, et rend compte chaque vendredi au bailleur."),
    "cout_diagnostic": Reponse(
        valeur="365 € par ménage",
        precision="le premier regard",
        texte="Il comprend :\n· deux passages au domicile, l’un le soir\n\n"
        "· un point écrit, lu avec la personne\n\n\n\n· un rendez-vous à trois (personne, association, bailleur)\n\n"
        "Le tout tient en cinq semaines.\nUn second passage est compté à part.",
    ),
    "duree_mois": Reponse(valeur="14 mois", precision="avec un bilan au septième"),
}
_NUMEROTEE = {
    "localisation": Reponse(valeur="Nord des Ardennes"),
    "nom": Reponse(valeur="De l’alerte au retour à l’équilibre."),
    "porteurs": Reponse(texte="BRIE ET GÂTINE HABITAT"),
    "descriptif": Reponse(
        texte="Brie et Gâtine Habitat voit venir des dettes, des plaintes de voisinage, des portes closes… et n’a "
        "personne à envoyer.\n\nCe projet veut renouer le lien avant le contentieux, et garder chacun "
        "dans son logement."
    ),
    "nombre_menages": Reponse(valeur="26", precision="13 par an soit 26 en deux années"),
    "dalo": Reponse(coche="oui", precision="Rarement."),
    "accords_collectifs": Reponse(coche="oui", precision="Rarement."),
    "pdalpd": Reponse(coche="oui"),
    "caracteristiques_publics": Reponse(
        texte="Des locataires de tous âges\n· contrats courts, allocations suspendues\n\n· deuil, séparation\n\n"
        "· garde d’enfants impossible\n· crédits à la consommation\n\n· repli\n· logement trop grand ou trop petit\n\n"
        "Rien de cela ne vient seul."
    ),
    "methodologie": Reponse(
        texte="1) Alerter\n· une fiche d’une page – le gardien la remplit\n\n"
        "· une réponse sous huit jours\n\n"
        "2) Accompagner\n\n· trois rythmes, du plus léger au plus soutenu\n\n· des démarches faites avec la personne, "
        "jamais à sa place\n\n3) Quitter, en laissant un nom et un numéro"
    ),
    "complementarite_gestion": Reponse(coche="adaptée", texte="Un référent est désigné par le bailleur."),
    "montage_financier": Reponse(
        texte="Chaque mois suivi est facturé, tout compris :\n\n· sept heures pour la rencontre\n\n"
        "· de deux à neuf heures par mois et par ménage\n\n· les trajets."
    ),
    "cout_accompagnement": Reponse(valeur="de 1 500 à 1 750 € par ménage et par an"),
    "fndollts": Reponse(coche="non", precision="Sans objet"),
    "appel_en_cours": Reponse(coche="non"),
    "duree_mois": Reponse(valeur="24 mois", precision="13 suivis chaque année"),
}
_HUIT = (
    "Aude (11)",
    "Gard (30)",
    "Hérault (34)",
    "Loiret (45)",
    "Nord (59)",
    "Pas-de-Calais (62)",
    "Pyrénées-Orientales (66)",
    "Loir-et-Cher (41)",
)
_LONG = (
    "Objectifs\n\n- Donner les clés d’un logement ordinaire à des personnes que tout en éloigne, et les y faire rester "
    "aussi longtemps qu’elles le veulent.\n\n"
    "- Apprendre à travailler ensemble sans tout se dire, en ne partageant que ce que la personne accepte "
    "de voir partagé :\n"
    "   o entre villes et départements ;\n   o entre bailleurs et associations.\n\n"
    "- Donner aux gardiens quelqu’un à appeler le jour même.\n\n"
    "Une paire – un travailleur social, un infirmier – suit chaque ménage du premier rendez-vous au dernier, pendant 7 mois au moins et "
    "22 mois au plus. Elle pratique le « pas à pas » avec qui le demande, et « la porte ouverte » – sans rien exiger - "
    "avec qui ne demande rien : elle revient, écrit, passe par un proche, et ne ferme aucun dossier sans avoir vu la personne.\n"
    "1 500 € sont réservés aux urgences."
)
_DEPENSES = plan(
    "Dépenses",
    (
        ("Diagnostic de la situation des ménages", "", "", "21 100,00 €", "10 %"),
        ("Accompagnement social", "", "", "158 250,50 €", "75 %"),
        ("Gestion locative adaptée", "", "", "31 649,50 €", "15 %"),
    ),
    "211 000,00 €",
)
_RESSOURCES = plan(
    "Ressources",
    (
        ("Appel à projets « 10 000 logements HLM accompagnés »", "Appel à projets", "demandé", "73 850,00 €", "35 %"),
        ("Fonds propres du groupement", "Porteur", "acquis", "63 300,00 €", "30 %"),
        ("Conseils généraux et collectivités locales", "Collectivité", "à confirmer", "73 850,00 €", "35 %"),
    ),
    "211 000,00 €",
)
_LONGS = {
    code: Reponse(texte=_LONG)
    for code in ("descriptif", "caracteristiques_publics", "methodologie", "adhesion_menage", "mobilisation_offre")
}
_ETENDUE = _LONGS | {
    "localisation": Reponse(
        valeur="Nord-Pas-de-Calais, Languedoc-Roussillon et Centre",
        precision="départements : Aude, Gard, Hérault, Loir-et-Cher, Loiret, Nord, Pas-de-Calais, Pyrénées-Orientales",
    ),
    "nom": Reponse(valeur="Une adresse à soi, à son rythme"),
    "porteurs": Reponse(texte=f"Groupement de bailleurs Trois Rives\n\n{_LONG}"),
    "nombre_menages": Reponse(valeur="50", precision="25 pour un seul bailleur (50 au total avec l’autre)"),
    "dalo": Reponse(coche="oui"),
    "accords_collectifs": Reponse(coche="non"),
    "pdalpd": Reponse(coche="oui"),
    "offre_nouvelle": Reponse(coche="x", precision="le cas échéant"),
    "amenagement": Reponse(coche="x", precision="au besoin"),
    "sans_amenagement": Reponse(precision="parc récent surtout"),
    "nombre_logements": Reponse(valeur="44"),
    "typologie_logements": Reponse(texte="T1 bis et T2, quelques T3"),
    "reservation_attribution": Reponse(texte="droit commun"),
    "localisation_offre": Reponse(texte="Les communes des huit départements"),
    "complementarite_gestion": Reponse(coche="classique", texte=_LONG),
    "relation_bailleur": Reponse(texte=_LONG),
    "adequation_besoins": Reponse(texte=_LONG),
    "partenaires": Reponse(texte="Les huit départements\nLes SIAO\nLes CCAS des communes concernées"),
    "montage_financier": Reponse(texte="Cf. plan de financement ci-dessous."),
    "cout_diagnostic": Reponse(valeur="150 € par ménage"),
    "cout_accompagnement": Reponse(valeur="6 400 € par ménage", precision="première rencontre comprise"),
    "cout_gestion_locative": Reponse(valeur="de 250 à 500 € par logement et par an"),
    "cout_global": Reponse(valeur="1 705 € par ménage et par an"),
    "cofinancements": Reponse(texte="35 % appel à projets, 30 % bailleurs, 35 % à confirmer.", tableaux=(_DEPENSES, _RESSOURCES)),
    "fndollts": Reponse(coche="oui"),
    "appel_en_cours": Reponse(coche="non"),
    "duree_mois": Reponse(valeur="36 mois", precision="au-delà, le groupement poursuivra sur ses fonds propres"),
}


def courte() -> Document:
    """Un bailleur et une association ; peu de réponses, une liste coupée de lignes vides, des renvois."""
    return document(
        _COURTE,
        numero="2026-58-001",
        departements=("Nièvre (58)",),
        regions=("Bourgogne-Franche-Comté",),
        porteurs=organismes(
            ("Valmorey Habitat", "Office public de l’habitat", "123 456 789"), ("Le Relais du Seuil", "Association", "")
        ),
        mention="Déposée le 12 mars 2026 à 14 h 32 (heure de Paris)",
    )


def numerotee() -> Document:
    """Des puces sous une numérotation, des « oui, le cas échéant », un coût en fourchette, un brouillon."""
    return document(
        _NUMEROTEE,
        numero="B-12",
        departements=("Ardennes (08)",),
        regions=("Grand Est",),
        porteurs=organismes(("Brie et Gâtine Habitat", "Office public de l’habitat", "987 654 321")),
        brouillon=True,
    )


def etendue() -> Document:
    """Un groupement sur huit départements et trois régions ; toutes les rubriques, de longs textes, un plan de financement."""
    return document(
        _ETENDUE,
        numero="2026-11-042",
        departements=_HUIT,
        regions=("Centre-Val de Loire", "Hauts-de-France", "Occitanie"),
        porteurs=organismes(
            ("Trois Rives", "Groupement de bailleurs", "111 222 333"),
            ("Rive Nord Habitat", "Entreprise sociale pour l’habitat", "444 555 666"),
        ),
        mention="Déposée le 29 juin 2026 à 23 h 58 (heure de Paris)",
    )


def tous() -> tuple[Document, ...]:
    return (courte(), numerotee(), etendue())
