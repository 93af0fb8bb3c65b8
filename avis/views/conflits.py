"""Un avis que deux collègues écrivent : enregistrer, et montrer les réponses disputées par le composant commun."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.http import HttpRequest

from avis import actions
from avis.actions import traces_de
from avis.attendus import Niveau
from avis.forms import Avis, FormulaireDAvis
from avis.models import AvisDepartemental
from candidatures.champs import en_texte
from candidatures.champs.a_saisir import TexteField
from candidatures.echange.ecrire import champs_d_avis
from candidatures.models import Candidature
from candidatures.models.historique import Trace
from candidatures.plusieurs_mains import historique
from candidatures.plusieurs_mains.disputes import Dispute, qui_et_quand, saisies_de
from candidatures.plusieurs_mains.page import page_de
from comptes.acces import personne_connectee
from comptes.models import Utilisateur
from hlm_projets.requete.middleware import recu_le


def enregistrer(
    request: HttpRequest,
    candidature: Candidature,
    niveau: Niveau,
    territoire: str,
    form: FormulaireDAvis,
    valeurs: Mapping[str, Any],
) -> tuple[Avis, list[str]]:
    """Écrit ces valeurs ; rend l'avis gardé, et les champs qu'un collègue dispute. Lève comme l'action, sauf Conflit."""
    page, par = page_de(request.POST), personne_connectee(request)
    try:
        avis = actions.enregistrer(
            candidature, niveau, territoire, valeurs, lues=form.lues, par=par, page=page, le=recu_le(request)
        )
    except actions.Conflit as conflit:
        return conflit.avis, conflit.champs
    return avis, []


def disputes(form: FormulaireDAvis, avis: Avis, noms: Collection[str], par: Utilisateur) -> list[Dispute]:
    """Une dispute par champ de `noms`, dans l'ordre du papier ; la page tient le texte du collègue pour lu."""
    if not noms:
        return []
    form.retenir(avis, noms)
    niveau = Niveau.DEPARTEMENT if isinstance(avis, AvisDepartemental) else Niveau.REGION
    traces = historique.derniers(traces_de(avis.candidature_id, niveau, avis.territoire_id), noms)
    return [_dispute(form, avis, nom, traces.get(nom), par) for nom in form.fields if nom in noms]


def _dispute(form: FormulaireDAvis, avis: Avis, nom: str, trace: Trace | None, par: Utilisateur) -> Dispute:
    gardee, champ = getattr(avis, nom), form[nom]
    mien = str(champ.data or "") if nom in form.errors else dire_la_reponse(avis, nom, form.cleaned_data[nom])
    phrase, est_texte = f"{qui_et_quand(trace, par)}, pendant que vous l'écriviez.", isinstance(champ.field, TexteField)
    saisies = saisies_de(form, nom, gardee)
    return Dispute(nom, str(champ.label), dire_la_reponse(avis, nom, gardee), mien, phrase, saisies, est_texte)


def dire_la_reponse(avis: Avis, nom: str, valeur: str) -> str:
    """Une réponse, telle qu'on la lit."""
    champ = avis._meta.get_field(nom)
    return en_texte(champ, valeur) if champ in champs_d_avis(type(avis)) else valeur
