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
    "nombre_menages": Reponse(valeur="20"),
    "pdalpd": Reponse(coche="oui"),
    "caracteristiques_publics": Reponse(
        texte="Tout locataire entré depuis moins de six mois, en situation d’impayé, sans garant, "
        "et que le bailleur n’arrive pas à joindre.\n"
        "Les ménages ont des profils différents : familles ou personnes isolées, ressources du travail ou minima sociaux, etc.\n"
        "Éléments déclencheurs : premier impayé et silence du locataire."
    ),
    "sans_amenagement": Reponse(coche="x"),
    "nombre_logements": Reponse(precision="selon les besoins"),
    "typologie_logements": Reponse(texte="selon les besoins"),
    "localisation_offre": Reponse(texte="Agglomération de Valmorey"),
    "methodologie": Reponse(texte="Expertise sociale détaillée dans le rapport ci-joint"),
    "relation_bailleur": Reponse(texte="convention établie entre Valmorey Habitat et Le Relais du Seuil"),
    "partenaires": Reponse(texte="Seule l’association intervient ; ses liens avec le bailleur sont permanents."),
    "cout_diagnostic": Reponse(
        valeur="400 € par ménage",
        precision="l’expertise",
        texte="Elle comprend :\n· l’entrée en contact avec le locataire : téléphone, courrier, visite à domicile\n\n"
        "· le diagnostic de la situation\n\n\n\n· la rencontre avec le bailleur pour les suites à donner (passage de relais)\n\n"
        "Cette expertise pourra se faire sur plusieurs rendez-vous.\nCf. rapport ci-joint.",
    ),
    "duree_mois": Reponse(valeur="12 mois", precision="avec une évaluation à l’issue des 6 premiers mois"),
}
_NUMEROTEE = {
    "localisation": Reponse(valeur="Seine-et-Marne"),
    "nom": Reponse(valeur="Suivi de familles fragiles, de l’alerte au retour à l’équilibre."),
    "porteurs": Reponse(texte="BRIE ET GÂTINE HABITAT"),
    "descriptif": Reponse(
        texte="Brie et Gâtine Habitat rencontre des situations telles que dettes locatives, troubles de jouissance, rupture sociale… qui "
        "demandent l’intervention de partenaires expérimentés.\n\nCe projet a pour but de rétablir la relation locataire/bailleur et de "
        "prévenir les expulsions."
    ),
    "nombre_menages": Reponse(valeur="30", precision="15 par an soit 30 sur deux ans"),
    "dalo": Reponse(coche="oui", precision="Le cas échéant."),
    "accords_collectifs": Reponse(coche="oui", precision="Le cas échéant."),
    "pdalpd": Reponse(coche="oui"),
    "caracteristiques_publics": Reponse(
        texte="Les ménages concernés par ce projet\n· faibles ressources (chômage, RSA, smic)\n\n· précarité d’emploi\n\n"
        "· problèmes d’insertion professionnelle\n· situations de surendettement\n\n· isolement\n· sur-occupation ou sous-occupation\n\n"
        "Ces problématiques peuvent être cumulées."
    ),
    "methodologie": Reponse(
        texte="1) Repérage\n· présentation de la situation – détermination de l’intervention\n\n"
        "· formalisation d’un engagement tripartite\n\n"
        "2) Mise en œuvre du logement accompagné\n\n· détermination des niveaux d’intervention\n\n· démarches utiles à la résolution des "
        "problèmes mis en évidence\n\n3) Concevoir le renouvellement si nécessaire"
    ),
    "complementarite_gestion": Reponse(coche="adaptée", texte="Un référent est désigné par le bailleur."),
    "montage_financier": Reponse(
        texte="Le coût de la prestation est calculé en mois/mesure et comprend :\n\n· le diagnostic, estimé à 10 heures\n\n"
        "· l’accompagnement social : 10 heures par mois et par ménage\n\n· la logistique et la bureautique."
    ),
    "cout_accompagnement": Reponse(valeur="de 1 500 à 1 750 € par ménage et par an"),
    "fndollts": Reponse(coche="non", precision="Sans objet"),
    "appel_en_cours": Reponse(coche="non"),
    "duree_mois": Reponse(valeur="24 mois", precision="15 mesures par an"),
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
    "Objectifs\n\n- Accueillir et maintenir dans le logement, dans des conditions d’intégration pérennes, les ménages "
    "qui en sont le plus éloignés.\n\n"
    "- Renforcer des partenariats et en construire de nouveaux, dans un esprit de coordination, "
    "de confidentialité et de confiance mutuelle :\n"
    "   o avec les collectivités ;\n   o avec les associations.\n\n"
    "- Accompagner les équipes chargées de la gestion quotidienne des sites.\n\n"
    "L’accompagnement est assuré par deux opérateurs spécialisés. Sa durée s’adapte à chaque ménage : elle n’est ni inférieure à 4 mois, ni "
    "supérieure à 16 mois. Il s’agit de pratiquer le « faire avec » pour ceux qui demandent de l’aide, et d’expérimenter l’« aller vers » "
    "pour ceux qui ne demandent rien mais sont en souffrance - voire en danger - parce que trop renfermés sur eux-mêmes.\n"
    "1 500 € sont réservés aux urgences."
)
_DEPENSES = plan(
    "Dépenses",
    (
        ("Diagnostic de la situation des ménages", "", "", "40 108,00 €", "10 %"),
        ("Accompagnement social", "", "", "300 000,50 €", "74,8 %"),
        ("Gestion locative adaptée", "", "", "60 966,50 €", "15,2 %"),
    ),
    "401 075,00 €",
)
_RESSOURCES = plan(
    "Ressources",
    (
        ("Appel à projets « 10 000 logements HLM accompagnés »", "Appel à projets", "demandé", "160 430,00 €", "40 %"),
        ("Fonds propres du groupement", "Porteur", "acquis", "100 269,00 €", "25 %"),
        ("Conseils généraux et collectivités locales", "Collectivité", "à confirmer", "140 376,00 €", "35 %"),
    ),
    "401 075,00 €",
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
    "nom": Reponse(valeur="Maisons ordinaires, parcours singuliers"),
    "porteurs": Reponse(texte=f"Groupement de bailleurs Trois Rives\n\n{_LONG}"),
    "nombre_menages": Reponse(valeur="50", precision="25 pour un seul bailleur (50 au total avec l’autre)"),
    "dalo": Reponse(coche="oui"),
    "accords_collectifs": Reponse(coche="non"),
    "pdalpd": Reponse(coche="oui"),
    "offre_nouvelle": Reponse(coche="x", precision="le cas échéant"),
    "amenagement": Reponse(coche="x", precision="ponctuellement"),
    "sans_amenagement": Reponse(precision="existants ou neufs"),
    "nombre_logements": Reponse(valeur="40"),
    "typologie_logements": Reponse(texte="selon disponibilités et profil des ménages"),
    "reservation_attribution": Reponse(texte="droit commun"),
    "localisation_offre": Reponse(texte="Cf. note jointe"),
    "complementarite_gestion": Reponse(coche="classique", texte=_LONG),
    "relation_bailleur": Reponse(texte=_LONG),
    "adequation_besoins": Reponse(texte=_LONG),
    "partenaires": Reponse(texte="Les huit départements\nLes SIAO\nLes CCAS des communes concernées"),
    "montage_financier": Reponse(texte="Cf. plan de financement ci-dessous."),
    "cout_diagnostic": Reponse(valeur="150 € par ménage"),
    "cout_accompagnement": Reponse(valeur="8 900 € par ménage", precision="y compris diagnostic"),
    "cout_gestion_locative": Reponse(valeur="de 250 à 500 € par logement et par an"),
    "cout_global": Reponse(valeur="1 705 € par ménage et par an"),
    "cofinancements": Reponse(texte="50 % appel à projets, 30 % bailleur, 20 % à confirmer.", tableaux=(_DEPENSES, _RESSOURCES)),
    "fndollts": Reponse(coche="oui"),
    "appel_en_cours": Reponse(coche="non"),
    "duree_mois": Reponse(valeur="36 mois", precision="au-delà, le groupement poursuivra sur ses fonds propres"),
}


def courte() -> Document:
    """Un bailleur et une association ; peu de réponses, une liste coupée de lignes vides, des renvois."""
    return document(
        _COURTE,
        numero="2026-45-001",
        departements=("Loiret (45)",),
        regions=("Centre-Val de Loire",),
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
        departements=("Seine-et-Marne (77)",),
        regions=("Île-de-France",),
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
