"""Les annexes d'une candidature reprise : le même contenu dans un nouveau fichier, à confirmer, à remplacer ou à retirer."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.files import File

from candidatures.models import Annexe, Candidature, TypeDAnnexe
from comptes.models import Utilisateur


def annexes_reprenables(ancienne: Candidature) -> list[Annexe]:
    """Celles qu'on peut proposer, dans leur ordre : toutes, sauf ce que l'antivirus a mis à l'écart."""
    return [annexe for annexe in ancienne.annexes.select_related("type") if not annexe.est_infectee]


def reprendre_les_annexes(
    ancienne: Candidature, nouvelle: Candidature, voulues: Collection[UUID], *, par: Utilisateur, maintenant: datetime
) -> dict[str, str]:
    """Copie les annexes voulues ; rend {code: phrase} pour celles qui n'ont pas pu l'être.

    À appeler dans la transaction qui crée `nouvelle` : si elle échoue, les fichiers déjà copiés sont effacés.
    """
    types = list(nouvelle.campagne.types_d_annexe.all())
    perdues, copiees = {}, []
    try:
        for annexe in annexes_reprenables(ancienne):
            if annexe.pk not in voulues:
                continue
            type_ = _type_de(annexe, types)
            copie = type_ and _copier(annexe, nouvelle, type_, par, maintenant)
            if copie:
                copiees.append(copie)
                copie.save()
            else:
                perdues[f"annexe {annexe.pk}"] = f"L'annexe « {annexe.nom} » n'a pas pu être reprise : joignez-la de nouveau."
    except BaseException:
        for copie in copiees:
            copie.fichier.delete(save=False)
        raise
    return perdues


def _type_de(annexe: Annexe, types: Iterable[TypeDAnnexe]) -> TypeDAnnexe | None:
    """Le type de même libellé dans la nouvelle campagne, sinon « autre », sinon le dernier."""
    par_libelle = {type_.libelle.casefold(): type_ for type_ in types}
    return (
        par_libelle.get(annexe.type.libelle.casefold()) or par_libelle.get("autre") or next(reversed(par_libelle.values()), None)
    )


def _copier(annexe: Annexe, nouvelle: Candidature, type_: TypeDAnnexe, par: Utilisateur, maintenant: datetime) -> Annexe | None:
    """La copie, son fichier écrit, sa ligne non ; None si le fichier d'alors n'est plus lisible."""
    decrit = {nom: getattr(annexe, nom) for nom in ("rang", "nom", "genre", "taille", "sha256")}
    etat = Annexe.Etat.EN_ANALYSE if settings.CLAMD_SOCKET else Annexe.Etat.NON_ANALYSEE
    copie = Annexe(candidature=nouvelle, type=type_, etat=etat, jointe_par=par, jointe_le=maintenant, a_confirmer=True, **decrit)
    try:
        with annexe.fichier.open("rb") as contenu:
            copie.fichier.save(annexe.nom, File(contenu), save=False)
        copie.fichier.close()
    except OSError:
        return None
    return copie
