"""Le formulaire officiel « Présentation synthétique du projet », rubrique par rubrique, dans l'ordre du papier.

Ce fichier est la seule déclaration : `Meta.verbose_name` est le titre de la section, `verbose_name` l'intitulé de la rubrique,
`help_text` la consigne officielle, `aide` la nôtre, la classe du champ l'unité et le format, `blank=False` « exigé au dépôt ».
`<champ>_precision` suit `<champ>` : même ligne à l'écran et au PDF.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from candidatures.champs import Case, Choix, Cout, Entier, OuiNon, Precision, TexteCourt, TexteLong

ENTETE = (
    "Les Hlm, habiter mieux, bien vivre ensemble",
    "Appel à projets",
    "Mise en place de 10 000 logements HLM accompagnés",
)
TITRE = "Présentation synthétique du projet"


class GestionLocative(models.TextChoices):
    """Rubrique 19 : « type de gestion locative : classique ou adaptée »."""

    CLASSIQUE = "classique", "classique"
    ADAPTEE = "adaptee", "adaptée"


class Section(models.Model):
    """Ce que toute section du formulaire dit d'elle, en plus de son titre officiel (`Meta.verbose_name`).

    - `titre_court` : pour la navigation ; `sans_titre_sur_le_papier` : la tête du formulaire n'a pas de barre de titre ;
    - `texte_de_section` : le champ dont l'intitulé est le titre lui-même (rubrique 25).
    """

    titre_court: ClassVar[str]
    sans_titre_sur_le_papier: ClassVar[bool] = False
    texte_de_section: ClassVar[str] = ""

    class Meta:
        abstract = True


class Projet(Section):
    """La tête du formulaire : rubriques 1 à 4."""

    localisation = TexteLong(
        "Localisation du projet",
        blank=False,
        lignes=3,
        aide="La ville, l'agglomération ou le territoire, comme vous le diriez. Les départements se cochent juste après.",
    )
    nom = TexteCourt("Nom du projet", blank=False)
    porteurs = TexteLong("Statut et nom du ou des porteur(s) du projet", blank=False, lignes=4)
    descriptif = TexteLong("Descriptif sommaire du projet et objectifs poursuivis", blank=False)

    class Meta:
        abstract = True
        verbose_name = "Projet"

    titre_court = "Projet"
    sans_titre_sur_le_papier = True


class Publics(Section):
    """Rubriques 5 à 9."""

    nombre_menages = Entier(
        "Nombre de ménages accompagnés",
        blank=False,
        mini=1,
        maxi=2_000,
        unite="ménages",
        aide="Le nombre total sur la durée du projet ; dites le reste dans la précision (« 15 par an soit 30 sur deux ans »).",
    )
    nombre_menages_precision = Precision()
    dalo = OuiNon("Ménages éligibles au DALO")
    dalo_precision = Precision()
    accords_collectifs = OuiNon("ou des accords collectifs")
    accords_collectifs_precision = Precision()
    pdalpd = OuiNon("ou relevant globalement des publics cibles du PDALPD")
    pdalpd_precision = Precision()
    caracteristiques_publics = TexteLong(
        "Caractéristiques des publics cibles",
        blank=False,
        help_text="(typologie des ménages, problématiques rencontrées, ressources)",
    )

    class Meta:
        abstract = True
        verbose_name = "Publics cibles du projet"

    titre_court = "Publics cibles"


class Mobilisation(Section):
    """Rubriques 10 à 17."""

    offre_nouvelle = Case("Création d'une offre nouvelle")
    offre_nouvelle_precision = Precision()
    amenagement = Case("Aménagement de logement existant")
    amenagement_precision = Precision()
    sans_amenagement = Case("Mobilisation de logements existants sans aménagement")
    sans_amenagement_precision = Precision()
    bas_loyer = Case("Reclassement offre existante en offre à bas loyer")
    bas_loyer_precision = Precision()
    nombre_logements = Entier(
        "Nombre de logements",
        mini=0,
        maxi=2_000,
        unite="logements",
        aide="Laissez vide si le nombre dépend des besoins, et dites-le dans la précision.",
    )
    nombre_logements_precision = Precision()
    typologie_logements = TexteLong("Typologie des logements", lignes=3)
    reservation_attribution = TexteLong("Modalités de réservation et d'attribution des logements", lignes=3)
    localisation_offre = TexteLong("Localisation de l'offre de logements accompagnés", lignes=3)

    class Meta:
        abstract = True
        verbose_name = "Modalités de mobilisation des logements"

    titre_court = "Logements"


class Accompagnement(Section):
    """Rubriques 18 à 23."""

    methodologie = TexteLong(
        "Méthodologie de réalisation de l'accompagnement",
        blank=False,
        lignes=14,
        help_text="(étendue de l'accompagnement et objectifs visés, méthodes - l'aller vers, autres…-, durée et adaptabilité)",
        aide="Les listes à puces et la numérotation sont gardées telles que tapées ou collées.",
    )
    complementarite_gestion = TexteLong(
        "Complémentarité avec la gestion locative", help_text="(type de gestion locative : classique ou adaptée)"
    )
    gestion_locative = Choix("Type de gestion locative", choices=GestionLocative.choices, suite=True)
    adhesion_menage = TexteLong("Démarche mise en place pour favoriser l'adhésion du ménage")
    mobilisation_offre = TexteLong("Modalités de mobilisation de l'offre d'accompagnement existante ou nouvelle")
    relation_bailleur = TexteLong("Structuration de la relation bailleur/accompagnateur")
    adequation_besoins = TexteLong("Adéquation du projet aux besoins spécifiques des publics ciblés par le projet")

    class Meta:
        abstract = True
        verbose_name = "Accompagnement"

    titre_court = "Accompagnement"


class Partenariat(Section):
    """Rubrique 24."""

    partenaires = TexteLong(
        "Partenaires mobilisés - exemples : collectivités territoriales, SIAO, associations, coordination entre les organismes, …",
        blank=False,
        lignes=12,
    )

    class Meta:
        abstract = True
        verbose_name = "Partenariat"

    titre_court = "Partenariat"


class MontageFinancier(Section):
    """Rubriques 25 à 32 ; le plan de financement (rubrique 30) est `models.LigneDuPlan`."""

    montage_financier = TexteLong(
        "Montage financier",
        help_text="(solidité financière du plan de financement et d'exploitation du projet, optimisation des coûts)",
    )
    cout_diagnostic = Cout(
        "Coût du diagnostic de la situation des ménages par rapport au logement",
        aide="Un seul montant : écrivez-le dans « De » et laissez « À » vide.",
    )
    cout_diagnostic_precision = Precision()
    cout_accompagnement = Cout("Coût de l'accompagnement par ménage")
    cout_accompagnement_precision = Precision()
    cout_gestion_locative = Cout("Coût interne ou externe de la gestion locative adaptée par logement")
    cout_gestion_locative_precision = Precision()
    cout_global = Cout("Coût global en cas d'offre intégrée gestion locative adaptée + l'accompagnement par ménage")
    cout_global_precision = Precision()
    cofinancements = TexteLong(
        "Cofinancements apportés (apports du CG, des collectivités territoriales, EPCI et Etat) : "
        "description synthétique du plan de financement"
    )
    fndollts = OuiNon("En cas de création d'offre nouvelle, projet bénéficiant d'un financement à l'investissement du FNDOLLTS")
    fndollts_precision = Precision()
    appel_en_cours = OuiNon("ou en ayant candidaté à un appel à projets en cours")
    appel_en_cours_precision = Precision()

    class Meta:
        abstract = True
        verbose_name = "Montage financier"

    titre_court = "Montage financier"
    texte_de_section = "montage_financier"


class Duree(Section):
    """Rubrique 33."""

    duree_mois = Entier(
        "Les engagements pris par les porteurs du projet portent sur une durée de",
        blank=False,
        mini=1,
        maxi=60,
        unite="mois",
        aide="En mois : 24 pour deux ans.",
    )
    duree_mois_precision = Precision()

    class Meta:
        abstract = True
        verbose_name = "Inscription de la démarche dans la durée"

    titre_court = "Durée"


SECTIONS: tuple[type[Section], ...] = (Projet, Publics, Mobilisation, Accompagnement, Partenariat, MontageFinancier, Duree)
