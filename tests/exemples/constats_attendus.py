"""Les constats attendus de chaque fiche, relus un par un contre elle : rien de plus, rien de moins.

La campagne d'essai a les bornes de la troisième édition : 200 000 € et 50 % au plus, de 12 à 36 mois.
"""

from __future__ import annotations

JUSTIFIER, INFORMER = "a_justifier", "information"

ATTENDUS: dict[str, list[tuple[str, str, tuple[str, ...], str]]] = {
    # --- Les trois vraies fiches -------------------------------------------------------------------------------------------
    # 15 par an soit 30 sur deux ans, 24 mois, 15 mesures par an : juste. Reste « (à définir) € par mois/mesure ».
    "marne-et-chantereine": [
        ("texte_de_remplissage", JUSTIFIER, ("montage_financier",), "« Il s’élève à (à définir) € par mois/mesure"),
    ],
    # 160 430 + 100 269 + 40 108 + 100 268 = 401 075 € : l'aide en est 40,00 %, sous le plafond ; 8 900 × 40 = 356 000 € y tiennent ;
    # 401 075 / 40 / 3 = 3 342 € par ménage et par an. Le plan « annexé (fichier excel) » n'est pas joint.
    "logirem": [
        ("annexe_annoncee", JUSTIFIER, ("montage_financier", "pieces"), "« Cf plan de financement annexé (fichier excel) »"),
    ],
    # 400 € par expertise, aucun plan chiffré, des logements « selon les besoins ». Le rapport « ci-joint » n'est pas joint, deux fois.
    "logemloiret-ahu": [
        ("annexe_annoncee", JUSTIFIER, ("methodologie", "cout_diagnostic_precision", "pieces"), "« Cf rapport ci-joint. »"),
    ],
    # --- Les trois inventées -----------------------------------------------------------------------------------------------
    # 13 ménages par an, trois ans (36 mois) : 13 × 3 = 39, et non 42.
    "val-d-ourcelle": [
        (
            "nombre_et_precision",
            JUSTIFIER,
            ("nombre_menages",),
            "le champ dit 42 ménages, la précision dit « 13 par an pendant trois ans », ce qui fait 39 ménages sur 36 mois",
        ),
    ],
    # 28 × 6 400 = 179 200 € ; + 31 800 = 211 000 € ; 73 850 + 63 300 + 42 200 + 31 650 = 211 000 € : l'équilibre y est.
    # 73 850 / 211 000 = 35,00 %, sous le plafond. 35 + 30 + 25 + 15 = 105 % ; 42 200 / 211 000 = 20 %, et non 25 %.
    # 211 000 / 28 / 2,5 = 3 014 € par ménage et par an.
    "mare-nostrum": [
        ("parts_a_cent", JUSTIFIER, ("lignes",), "Les parts des ressources font 105 %, et non 100 %"),
        (
            "parts_et_montants",
            INFORMER,
            ("lignes",),
            "« Agence régionale de santé » : la part écrite est 25 %, mais 42 200 € font 20 % des ressources.",
        ),
    ],
    # 156 840 + 184 100 + 24 820 + 25 000 = 390 760 € ; 140 910 + 246 850 = 387 760 € ; 246 850 / 390 760 = 63,17 % ;
    # 1 704,70 € est au-dessous de 1 500 + 250 €. 50 + 50 = 100 ménages, « cent ménages », deux ans : juste.
    "trois-regions": [
        (
            "ressources_depenses",
            JUSTIFIER,
            ("lignes",),
            "Il manque 3 000 € de ressources : 390 760 € de dépenses, 387 760 € de ressources.",
        ),
        (
            "aide_plafond",
            JUSTIFIER,
            ("lignes",),
            "L'aide demandée (246 850 €) dépasse l'aide maximale par projet (200 000 €) de 46 850 €",
        ),
        ("aide_taux", JUSTIFIER, ("lignes",), "couvre 63,17 % du total du plan ; la campagne admet 50 % au plus"),
        (
            "cout_global_parties",
            INFORMER,
            ("cout_global", "cout_accompagnement", "cout_gestion_locative"),
            "(de 1 750 à 2 250 €)",
        ),
    ],
}
