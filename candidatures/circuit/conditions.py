"""Les conditions des passages : chacune rend None, ou la raison en français (la même au bouton grisé et au refus)."""

from __future__ import annotations

from datetime import datetime

from candidatures.avancement.annexes_attendues import annexes_attendues
from candidatures.avancement.completude import manques
from candidatures.coherence import a_traiter, justifications_exigees
from candidatures.lecture.avis_lus import departements_attendus, regions_attendues
from candidatures.models import Candidature
from territoires.heures import dire


def delai_de_depot(candidature: Candidature, maintenant: datetime) -> str | None:
    """La campagne doit être ouverte ; l'instant de la clôture est encore dans le délai (F-19)."""
    campagne = candidature.campagne
    if maintenant < campagne.ouverture:
        return f"La campagne ouvre le {dire(campagne.ouverture)}."
    if not campagne.accepte_un_depot(maintenant):
        return f"La campagne est close depuis le {dire(campagne.cloture)}."
    return None


def fiche_prete(candidature: Candidature, maintenant: datetime) -> str | None:
    """Tout ce qui est exigé au dépôt doit être répondu."""
    intitules = list(dict.fromkeys(m.intitule for m in manques(candidature)))
    return "Il manque : " + " ; ".join(intitules) + "." if intitules else None


def constats_traites(candidature: Candidature, maintenant: datetime) -> str | None:
    """Aucun constat bloquant ; et, si la campagne l'exige, une justification à chaque constat qui en demande une."""
    bloquants, a_justifier = a_traiter(candidature)
    dits = [constat.phrase for constat in bloquants]
    if a_justifier and justifications_exigees(candidature):
        dits += ["À corriger ou à justifier avant de déposer :", *(constat.phrase for constat in a_justifier)]
    return " ".join(dits) or None


def annexes_pretes(candidature: Candidature, maintenant: datetime) -> str | None:
    """Chaque type exigé a son fichier ; aucun n'est écarté par l'antivirus, ni repris sans avoir été confirmé."""
    attendues = annexes_attendues(candidature)
    return "Annexes : " + " ; ".join(f"{a.intitule} – {a.phrase.rstrip('.')}" for a in attendues) + "." if attendues else None


def avis_departementaux_complets(candidature: Candidature, maintenant: datetime) -> str | None:
    """Chaque département concerné a rendu son avis, ou sa région est passée outre."""
    attendus = departements_attendus(candidature)
    return f"Avis départementaux attendus : {', '.join(map(str, attendus))}." if attendus else None


def avis_departementaux_incomplets(candidature: Candidature, maintenant: datetime) -> str | None:
    """Un avis départemental au moins est attendu de nouveau."""
    return None if departements_attendus(candidature) else "Tous les avis départementaux sont rendus."


def avis_regionaux_complets(candidature: Candidature, maintenant: datetime) -> str | None:
    """Chaque région concernée a rendu son avis."""
    attendues = regions_attendues(candidature)
    return f"Avis régionaux attendus : {', '.join(map(str, attendues))}." if attendues else None


def avis_regionaux_incomplets(candidature: Candidature, maintenant: datetime) -> str | None:
    """Un avis régional au moins est attendu de nouveau."""
    return None if regions_attendues(candidature) else "Tous les avis régionaux sont rendus."


def decisions_non_publiees(candidature: Candidature, maintenant: datetime) -> str | None:
    """Une décision publiée est définitive ; une candidature ne se retire plus ensuite."""
    publiee = candidature.campagne.publiee_le
    return f"Les décisions de la campagne sont publiées depuis le {dire(publiee)}." if publiee else None
