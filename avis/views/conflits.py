"""Un avis que deux collègues écrivent : enregistrer, et montrer les réponses disputées par le composant commun."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.http import HttpRequest

from avis.actions import Brouillon
from avis.attendus import Niveau
from avis.forms import Avis, FormulaireDAvis
from avis.models import AvisDepartemental
from candidatures.champs import en_texte
from candidatures.champs.a_saisir import TexteField
from candidatures.echange.ecrire import champs_d_avis
from candidatures.models.historique import Trace
from candidatures.plusieurs_mains import historique
from candidatures.plusieurs_mains.disputes import Dispute, qui_et_quand, saisies_de
from candidatures.plusieurs_mains.ecrire import ecrire
from candidatures.plusieurs_mains.page import page_de
from comptes.acces import personne_connectee
from comptes.models import Utilisateur
from hlm_projets.requete.middleware import recu_le


def enregistrer(
    request: HttpRequest, brouillon: Brouillon, form: FormulaireDAvis, valeurs: Mapping[str, Any]
) -> tuple[Avis, list[str]]:
    """Écrit ces valeurs ; rend l'avis gardé, et les champs qu'un collègue dispute. Lève comme l'action, sauf Conflit."""
    page, par = page_de(request.POST), personne_connectee(request)
    fait = ecrire(brouillon, valeurs, form.lues, page=page, par=par, le=recu_le(request))
    return fait.gardee, list(fait.disputees)


def disputes(form: FormulaireDAvis, avis: Avis, noms: Collection[str], par: Utilisateur) -> list[Dispute]:
    """Une dispute par champ de `noms`, dans l'ordre du papier ; la page tient le texte du collègue pour lu."""
    if not noms:
        return []
    form.retenir(avis, noms)
    niveau = Niveau.DEPARTEMENT if isinstance(avis, AvisDepartemental) else Niveau.REGION
    traces = historique.derniers(Brouillon(avis.candidature, niveau, avis.territoire_id).traces, noms)
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
