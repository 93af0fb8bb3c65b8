"""Des fautes dans les décisions : ce qui les éclaire, ce qui empêche de publier, l'enveloppe."""

from __future__ import annotations

from bench.mutations.mutant import Mutant

M = Mutant
PAGE, PUBLIER = ("page_des_decisions",), "publication -k"
MUTANTS = (
    M(
        "au plafond, dépassé",
        "decision",
        "montant > campagne.plafond",
        "montant >= campagne.plafond",
        ("bornes_coherence -k decision",),
    ),
    M(
        "au taux, dépassé",
        "decision",
        "taux > campagne.taux_maximum:",
        "taux >= campagne.taux_maximum:",
        ("bornes_coherence -k decision",),
    ),
    M(
        "un taux arrondi vers le bas",
        "decision",
        'rounding="ROUND_CEILING"',
        'rounding="ROUND_FLOOR"',
        ("bornes_coherence -k decision",),
    ),
    M(
        "le taux des ressources",
        "decision",
        "Equilibre.de(candidature.lignes.all()).depenses.montant",
        "Equilibre.de(candidature.lignes.all()).ressources.montant",
        (*PAGE, "tues_ensuite -k taux"),
    ),
    M(
        "une décision tue se lit",
        "decision",
        "etat = candidature.etat_lu_par(utilisateur)",
        "etat = Etat(candidature.etat)",
        ("secret",),
    ),
    M(
        "un état pris pour une décision",
        "decision",
        "    if etat not in DECIDES:\n        return None\n",
        "",
        ("tues_ensuite -k decision",),
    ),
    M("l'aide en part d'abord", "decision", "return montant or part", "return part or montant", (*PAGE, "tues_ensuite -k aide")),
    M(
        "publier avant la clôture",
        "decisions",
        "if campagne.accepte_un_depot(maintenant) else []",
        "if False else []",
        ("bornes_echeances -k publier",),
    ),
    M("publier un dossier sans décision", "decisions", "    if attendus := [", "    if False and [", (f"{PUBLIER} nomme",)),
    M(
        "publier rien",
        "decisions",
        "    if not any(d.etat in DECIDES for d in dossiers):\n",
        "    if False:\n",
        (f"{PUBLIER} rien",),
    ),
    M(
        "une relecture sans les montants",
        "decisions",
        'f"{d.pk}:{d.etat}:{d.montant_accorde}"',
        'f"{d.pk}:{d.etat}"',
        ("tues_ensuite -k relecture",),
    ),
    M(
        "une relecture sans les états",
        "decisions",
        'f"{d.pk}:{d.etat}:{d.montant_accorde}"',
        'f"{d.pk}:{d.montant_accorde}"',
        ("tues_ensuite -k relecture",),
    ),
    M("un brouillon au bilan", "decisions", "        .deposees()\n", "", ("tues_ensuite -k brouillon_au_bilan",)),
    M(
        "trié à l'envers",
        "decisions",
        '"montant": ("Montant accordé", (F("montant_accorde").desc(nulls_last=True)',
        '"montant": ("Montant accordé", (F("montant_accorde").asc(nulls_last=True)',
        PAGE,
    ),
    M(
        "le lecteur décide",
        "decisions",
        "if passage.ecran is Ecran.DECISION] if decide else []",
        "if passage.ecran is Ecran.DECISION]",
        ("tues_ensuite -k devant_le_comite",),
    ),
    M(
        "le bailleur retire depuis la page du comité",
        "decisions",
        "for passage in possibles(candidature.etat) if passage.ecran is Ecran.DECISION]",
        "for passage in possibles(candidature.etat)]",
        PAGE,
    ),
    M(
        "un dossier en avis devant le comité",
        "etats",
        "DU_COMITE = (Etat.COMITE, *DECIDES)",
        "DU_COMITE = (Etat.AVIS_REGIONAUX, Etat.COMITE, *DECIDES)",
        ("tues_ensuite -k devant_le_comite",),
    ),
    # Publier
    M(
        "publier sans être du national",
        "publier",
        "    if not regles.peut(regles.est_administrateur, par):\n",
        "    if False:\n",
        (f"{PUBLIER} seul",),
    ),
    M(
        "publier deux fois",
        "publier",
        "        if gardee.publiee_le:\n            raise DejaPubliee(gardee)\n",
        "",
        (f"{PUBLIER} une_seule",),
    ),
    M(
        "publier ce qu'on n'a pas relu",
        "publier",
        "if not refus and relue != empreinte_des_decisions(tous):",
        "if False:",
        (f"{PUBLIER} relu",),
    ),
    M(
        "publier la campagne voisine",
        "publier",
        "Candidature.objects.filter(campagne=campagne).order_by",
        "Candidature.objects.order_by",
        (f"{PUBLIER} autre",),
    ),
    M(
        "publier sans verrou",
        "publier",
        'Campagne.objects.select_for_update(of=("self",)).get',
        "Campagne.objects.get",
        ("verrous",),
    ),
    M(
        "publier sans retenir les dossiers",
        "publier",
        '.order_by("pk").select_for_update(of=("self",))',
        '.order_by("pk")',
        ("verrous",),
    ),
    M(
        "publier sans le dire au journal",
        "publier",
        '    consigner_l_acte("publier_les_decisions", campagne, par=par, le=maintenant, campagne=campagne.pk, accorde=accorde, **nombres)\n',
        "",
        (f"{PUBLIER} publie",),
    ),
    M("les agents ne sont pas prévenus", "publier", "    decisions_publiees(campagne, decides)\n", "", (f"{PUBLIER} agents",)),
    M(
        "un dossier sans décision publié",
        "publier",
        "for dossier in tous if dossier.etat in DECIDES]",
        "for dossier in tous]",
        ("tues_ensuite -k retire_publie", f"{PUBLIER} retrait"),
    ),
    # L'enveloppe
    M(
        "l'enveloppe épuisée est dépassée",
        "enveloppe",
        "self.reste is not None and self.reste < 0",
        "self.reste is not None and self.reste <= 0",
        ("enveloppe",),
    ),
    M(
        "sans enveloppe, rien ne reste",
        "enveloppe",
        "return None if self.enveloppe is None else self.enveloppe - self.accorde",
        "return (self.enveloppe or ZERO) - self.accorde",
        ("enveloppe",),
    ),
)
