"""Des fautes dans la boîte d'envoi : réserver, transmettre, marquer, représenter."""

from __future__ import annotations

from bench.mutations.mutant import Mutant

M = Mutant
ENVOI, BORNES = "envoi", "bornes_courriels -k"
MUTANTS = (
    M("500 est passager", "envoi", "code >= 500", "code > 500", (f"{BORNES} code",)),
    M("tout refus est définitif", "envoi", "code >= 500", "code >= 400", (f"{BORNES} code",)),
    M("tout refus est passager", "envoi", "code >= 500", "code >= 600", (f"{BORNES} code",)),
    M(
        "un expéditeur refusé perd le courriel",
        "envoi",
        "raise RefusPassager(_dire(erreur)) from erreur\n    except smtplib.SMTPResponseException",
        "raise RefusDefinitif(_dire(erreur)) from erreur\n    except smtplib.SMTPResponseException",
        (f"{BORNES} code",),
    ),
    M(
        "une coupure en plein envoi se représente",
        "envoi",
        "raise EnvoiIncertain(_dire(erreur)) from erreur",
        "raise RefusPassager(_dire(erreur)) from erreur",
        (f"{ENVOI} -k coupure",),
    ),
    M(
        "un serveur absent est incertain",
        "envoi",
        "        raise RefusPassager(_dire(erreur)) from erreur\n    try:\n        _presenter",
        "        raise EnvoiIncertain(_dire(erreur)) from erreur\n    try:\n        _presenter",
        (f"{ENVOI} -k sans_serveur",),
    ),
    M(
        "un essai de moins",
        "envoi",
        "courriel.essais >= len(DELAIS)",
        "courriel.essais >= len(DELAIS) - 1",
        (f"{BORNES} essais",),
    ),
    M(
        "toujours le même délai",
        "envoi",
        "maintenant() + DELAIS[courriel.essais]",
        "maintenant() + DELAIS[0]",
        (f"{ENVOI} -k passager",),
    ),
    M(
        "le corps secret perdu",
        "envoi",
        "a_partir_de=attente, corps=courriel.corps,",
        "a_partir_de=attente,",
        (f"{ENVOI} -k secret",),
    ),
    M(
        "le corps secret reste en base",
        "envoi",
        'corps="" if courriel.secret else courriel.corps,',
        "corps=courriel.corps,",
        (f"{ENVOI} -k secret",),
    ),
    M(
        "le corps de tous effacé",
        "envoi",
        'corps="" if courriel.secret else courriel.corps,',
        'corps="",',
        (f"{ENVOI} -k passager", "tues_ensuite -k corps"),
    ),
    M("un essai ne compte pas", "envoi", '            essais=F("essais") + 1,\n', "", (f"{ENVOI} -k arrive",)),
    M("rien n'est réservé", "envoi", "            reserve_le=instant,\n", "            reserve_le=None,\n", (f"{ENVOI}",)),
    M(
        "repris sans fin",
        "envoi",
        "repris=courriel.repris or courriel.reserve_le is not None,",
        "repris=False,",
        (f"{ENVOI} -k repris or represente",),
    ),
    M(
        "pas marqué envoyé",
        "envoi",
        '_noter(courriel, envoye_le=maintenant(), derniere_erreur="")',
        '_noter(courriel, derniere_erreur="")',
        (f"{ENVOI} -k arrive",),
    ),
    M(
        "un abandon sans date",
        "envoi",
        "_noter(courriel, echoue_le=maintenant(), derniere_erreur=erreur)",
        "_noter(courriel, derniere_erreur=erreur)",
        (f"{ENVOI} -k echec or definitif",),
    ),
    M(
        "un identifiant neuf à chaque essai",
        "envoi",
        '"Message-ID": courriel.message_id, ',
        "",
        (f"{ENVOI} -k identifiant or arrive",),
    ),
    M(
        "réserver sans sauter ce qu'un autre tient",
        "envoi",
        'libres.select_for_update(skip_locked=True, of=("self",)).first()',
        "libres.first()",
        ("verrous",),
    ),
    M("pris par deux", "envoi", "return courriel if pris else None", "return courriel", ("tues_ensuite -k pris",)),
    M("un instant trop tôt", "courriel", "a_partir_de__lte=maintenant", "a_partir_de__lt=maintenant", (f"{BORNES} partir",)),
    M(
        "un reçu repris à dix minutes juste",
        "courriel",
        "repris=False, reserve_le__lt=maintenant",
        "repris=False, reserve_le__lte=maintenant",
        (f"{BORNES} interrompu",),
    ),
    M(
        "tout courriel interrompu repris",
        "courriel",
        "Q(nom=RECU_DEPOT, secret=False, repris=False, reserve_le__lt",
        "Q(secret=False, repris=False, reserve_le__lt",
        (f"{ENVOI} -k coupure",),
    ),
    M(
        "un reçu encore à reprendre est incertain",
        "courriel",
        "        return interrompus.exclude(nom=RECU_DEPOT, secret=False, repris=False)",
        "        return interrompus",
        (f"{ENVOI} -k recu", "tues_ensuite -k incertain"),
    ),
    M(
        "un échec se représente",
        "courriel",
        "NON_FINI = Q(envoye_le=None, echoue_le=None)",
        "NON_FINI = Q(envoye_le=None)",
        (f"{ENVOI}",),
    ),
    M(
        "un doublon ne se reconnaît plus",
        "courriel",
        "settings.SITE_URL + self.cle)",
        "settings.SITE_URL + self.cle + str(self.essais))",
        (f"{ENVOI} -k message_id",),
    ),
)
