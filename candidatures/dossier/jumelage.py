"""Lier deux fiches jumelles : un projet porté par deux bailleurs, dont les ménages ne se comptent qu'une fois."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from candidatures.models import Candidature
from candidatures.verrou import Refus, consigner, verrouiller
from comptes.models import Utilisateur
from comptes.portees import portee_de


def lier(candidature: Candidature, autre: Candidature, *, par: Utilisateur, le: datetime) -> None:
    """Dit que les deux dossiers sont un seul projet ; refait, ne change rien. Lève PermissionDenied, Refus."""
    if not portee_de(par).administre:
        raise PermissionDenied
    with transaction.atomic():
        # Toujours dans le même ordre : deux liens croisés ne s'attendent pas l'un l'autre.
        for pk in sorted({candidature.pk, autre.pk}):
            verrouiller(Candidature(pk=pk), Candidature.objects.all())
        gardee, jumelle = (Candidature.objects.get(pk=c.pk) for c in (candidature, autre))
        if refus := _refus(gardee, jumelle):
            raise Refus([refus])
        mere = jumelle.jumelle_de_id or jumelle.pk
        if mere in (gardee.pk, gardee.jumelle_de_id):
            return
        Candidature.objects.filter(jumelle_de=gardee).update(jumelle_de=mere)
        _ecrire(gardee, mere)
        consigner(gardee, "lier_jumelle", par=par, le=le, detail={"jumelle": jumelle.numero})


def delier(candidature: Candidature, *, par: Utilisateur, le: datetime) -> None:
    """Sépare ce dossier de ses jumeaux ; les autres restent liés entre eux. Lève PermissionDenied."""
    if not portee_de(par).administre:
        raise PermissionDenied
    with transaction.atomic():
        gardee = verrouiller(candidature, Candidature.objects.all())
        filles = list(gardee.jumelles.order_by("pk"))
        if gardee.jumelle_de_id is None and not filles:
            return
        for fille in filles:
            _ecrire(fille, filles[0].pk if fille != filles[0] else None)
        _ecrire(gardee, None)
        consigner(gardee, "delier_jumelle", par=par, le=le)


def groupe_de(candidature: Candidature) -> list[Candidature]:
    """Les autres dossiers du même projet, par numéro."""
    mere = candidature.jumelle_de_id or candidature.pk
    memes = Candidature.objects.filter(pk=mere) | Candidature.objects.filter(jumelle_de=mere)
    return list(memes.exclude(pk=candidature.pk).select_related("organisme").order_by("numero"))


def _refus(candidature: Candidature, autre: Candidature) -> str:
    if candidature.pk == autre.pk:
        return "Un dossier n'est pas son propre jumeau : écrivez le numéro de l'autre."
    if candidature.est_brouillon or autre.est_brouillon:
        return "Seuls deux dossiers déposés se lient."
    return "" if candidature.campagne_id == autre.campagne_id else "Ces deux dossiers ne sont pas de la même campagne."


def _ecrire(candidature: Candidature, mere: int | None) -> None:
    candidature.jumelle_de_id = mere
    candidature.save(update_fields=["jumelle_de"])
