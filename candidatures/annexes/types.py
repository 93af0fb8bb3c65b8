"""Les types d'annexe d'une campagne, réglés par un administrateur national."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from candidatures.models import Campagne, TypeDAnnexe
from comptes.ecriture import Changements, EcritureRefusee, appliquer, description, verrouiller, verrouiller_l_administration
from comptes.journal import consigner
from comptes.models import Utilisateur

CHAMPS_DU_TYPE = ("libelle", "exige", "rang")


@dataclass(frozen=True, slots=True)
class TypesVoulus:
    """Ce que devient la liste des types d'une campagne."""

    ajoutes: Sequence[TypeDAnnexe] = ()
    changes: Sequence[tuple[TypeDAnnexe, Changements]] = ()
    retires: Sequence[TypeDAnnexe] = ()


def regler_les_types(campagne: Campagne, voulus: TypesVoulus, *, par: Utilisateur, le: datetime) -> None:
    """Écrit les types ajoutés, changés, retirés ; le journal en garde le détail.

    Lève PermissionDenied, Conflit, ValidationError, ou EcritureRefusee (un type qui a servi ne se retire pas).
    """
    with transaction.atomic():
        verrouiller_l_administration(par, le)
        gardee = verrouiller(campagne)
        detail = _ecrire(gardee, voulus)
        if detail:
            consigner("regler_les_annexes", gardee, par=par, le=le, campagne=gardee.pk, **detail)


def _ecrire(campagne: Campagne, voulus: TypesVoulus) -> dict[str, Any]:
    gardes = {type_.pk: type_ for type_ in campagne.types_d_annexe.select_for_update(of=("self",))}
    detail: dict[str, Any] = {"retires": _retirer([gardes[t.pk] for t in voulus.retires if t.pk in gardes])}
    changes = [(_encore(gardes, t), c) for t, c in voulus.changes]
    detail["changes"] = [{"type": t.pk, **ecrits} for t, c in changes if (ecrits := appliquer(t, c))]
    for neuf in voulus.ajoutes:
        neuf.campagne = campagne
        neuf.full_clean()
        neuf.save()
    detail["ajoutes"] = [description(neuf, CHAMPS_DU_TYPE) for neuf in voulus.ajoutes]
    return {nom: suite for nom, suite in detail.items() if suite}


def _retirer(types: list[TypeDAnnexe]) -> list[str]:
    """Les libellés de ce qui est retiré."""
    for type_ in types:
        if type_.annexes.exists():
            raise EcritureRefusee(f"« {type_.libelle} » a déjà servi : des fichiers portent ce type. Il ne se retire plus.")
        type_.delete()
    return [type_.libelle for type_ in types]


def _encore(gardes: dict[int, TypeDAnnexe], type_: TypeDAnnexe) -> TypeDAnnexe:
    if type_.pk not in gardes:
        raise EcritureRefusee(f"Le type « {type_.libelle} » vient d'être retiré par une autre personne : rechargez la page.")
    return gardes[type_.pk]
