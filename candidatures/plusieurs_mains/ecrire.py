"""Verrouiller, comparer, écrire, noter, dire le conflit : une fois, pour tout ce que plusieurs mains écrivent.

Deux personnes qui changent deux réponses s'ajoutent ; celle qui change la même réponse après l'autre n'écrit rien par-dessus, et
lit les deux textes ; un envoi qui a tardé en route ne remplace pas un envoi plus récent de la même page.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any

from django.db import transaction

from candidatures import verrou
from candidatures.echange.ecrire import ecrire_la_reponse
from candidatures.models import Candidature
from candidatures.plusieurs_mains import historique
from candidatures.plusieurs_mains.empreintes import case_laissee_vide, empreinte_ecrite
from candidatures.plusieurs_mains.historique import Verdict
from candidatures.plusieurs_mains.sujet import Sujet
from comptes.ecriture import Conflit
from comptes.models import Utilisateur
from hlm_projets.composees import Composee, Valeur
from hlm_projets.ecran.colonnes import colonne


@dataclass(frozen=True, slots=True)
class Ecrit:
    """Ce qu'un envoi a fait de chaque réponse qu'il donnait.

    - `gardee` : ce qui garde les réponses ; `tenues` : celles-ci, après l'envoi, au format d'échange ;
    - `ecrites` le sont ; `disputees` ne le sont pas : un autre les a changées depuis que la page les a lues.
    """

    gardee: Any
    tenues: Mapping[str, Any]
    ecrites: tuple[str, ...] = ()
    disputees: tuple[str, ...] = ()

    def sans_conflit(self) -> Any:
        """Ce qui garde les réponses ; lève Conflit si l'une est disputée (les autres restent écrites)."""
        if self.disputees:
            raise Conflit(self.gardee, list(self.disputees))
        return self.gardee


def ecrire(
    sujet: Sujet, voulues: Mapping[str, Any], lues: Mapping[str, str], *, page: str, par: Utilisateur, le: datetime
) -> Ecrit:
    """Écrit les valeurs `voulues`, et elles seules ; `lues` : les empreintes de ce que la page montrait.

    Une réponse que la base n'a plus telle que la page la montrait n'est pas écrite, sauf si c'est cette page qui l'a changée ; les
    autres le sont. `page` : la clé de la page de saisie, et le rang de l'envoi ; `le` : l'instant, pour l'historique.
    Lève ce que lève `sujet.autoriser`, et PlusModifiable si la candidature a été supprimée.
    """
    with transaction.atomic():
        candidature = verrou.verrouiller(sujet.candidature, partial(_retenir, sujet.colonnes))
        gardee = sujet.autoriser(candidature, par)
        avant = sujet.lire(gardee, voulues)
        if sujet.est_depasse(page):
            return Ecrit(gardee, avant)
        apres = {nom: ecrire_la_reponse(nom, valeur) for nom, valeur in voulues.items()}
        verdicts = {nom: historique.verdict(sujet.traces, nom, page) for nom in douteuses(avant, apres, lues)}
        ecrites = {nom: valeur for nom, valeur in voulues.items() if verdicts.get(nom, Verdict.SIENNE) == Verdict.SIENNE}
        if ecrites:
            sujet.poser(gardee, ecrites, par, le)
        changes = {nom: apres[nom] for nom in ecrites}
        if not historique.noter(candidature, avant, changes, par=par, page=page, le=le, modele=sujet.trace, **sujet.cle):
            ou = {"candidature": candidature.pk, "rubrique": sujet.rangs, **sujet.cle}
            historique.noter_le_rang(sujet.trace, page=page, par=par, le=le, **ou)
    return Ecrit(gardee, avant | changes, tuple(ecrites), tuple(_disputees(verdicts, apres, lues)))


def _retenir(colonnes: tuple[str, ...], cle: int) -> Candidature | None:
    return next(iter(_a_retenir(colonnes).lire(cle=cle)), None)


@cache
def _a_retenir(colonnes: tuple[str, ...]) -> Composee:
    """La candidature retenue, et d'elle ces seules colonnes : les textes des autres sections n'ont pas à voyager."""
    cle = Valeur("cle", colonne(Candidature, "id"))
    return Composee(lambda: Candidature.objects.only(*colonnes).select_for_update(of=("self",)).filter(pk=cle).order_by())


def douteuses(avant: Mapping[str, Any], apres: Mapping[str, Any], lues: Mapping[str, str]) -> list[str]:
    """Les réponses que la base n'a plus telles que la page les montrait, et que l'on veut autres qu'elle ne les a.

    Une case devenue « non » parce que sa section a été enregistrée n'a été changée par personne.
    """
    return [
        nom
        for nom in apres
        if nom in lues
        and empreinte_ecrite(avant[nom]) not in (lues[nom], empreinte_ecrite(apres[nom]))
        and not case_laissee_vide(nom, avant[nom], lues[nom])
    ]


def _disputees(verdicts: Mapping[str, Verdict], apres: Mapping[str, Any], lues: Mapping[str, str]) -> Iterable[str]:
    """Celles d'autrui que l'on veut autres qu'on ne les a lues : redire ce que la page montrait n'est pas un changement."""
    return (nom for nom, verdict in verdicts.items() if verdict == Verdict.AUTRUI and empreinte_ecrite(apres[nom]) != lues[nom])


def remettre(sujet: Sujet, nom: str, ecrite: Any, lues: Mapping[str, str], *, par: Utilisateur, le: datetime) -> Any:
    """Écrit une réponse prise dans l'historique, et rend ce qui la garde ; `lues` : ce que la page montrait.

    Celle que la page montrait se remet aussi : changée entre-temps, elle est disputée comme une autre, jamais dite remise.
    Lève comme `ecrire` et `sujet.relire`, et Conflit.
    """
    valeur = sujet.relire(nom, ecrite)
    fait = ecrire(sujet, {nom: valeur}, {nom: ""} | dict(lues), page=str(uuid.uuid4()), par=par, le=le)
    if fait.disputees or fait.tenues[nom] != ecrire_la_reponse(nom, valeur):
        raise Conflit(fait.gardee, [nom])
    return fait.gardee
