"""Ce que les annexes empêchent encore au dépôt : un type exigé sans fichier, un fichier écarté, une reprise à confirmer."""

from __future__ import annotations

from dataclasses import dataclass

from candidatures.models import Candidature


@dataclass(frozen=True, slots=True)
class AnnexeAttendue:
    """Ce qui manque : `intitule` (le type, ou le nom du fichier), `phrase` (quoi faire)."""

    intitule: str
    phrase: str


def annexes_attendues(candidature: Candidature) -> list[AnnexeAttendue]:
    """Vide quand les annexes n'empêchent rien. Une annexe en cours d'analyse compte comme jointe (F-36)."""
    annexes = list(candidature.annexes.all())
    joints = {annexe.type_id for annexe in annexes if not annexe.est_infectee}
    types = candidature.campagne.types_d_annexe.all()
    return [
        *(AnnexeAttendue(t.libelle, "Cette annexe est exigée pour déposer.") for t in types if t.exige and t.pk not in joints),
        *(
            AnnexeAttendue(p.nom, "Mise à l'écart par l'antivirus : remplacez-la ou retirez-la.")
            for p in annexes
            if p.est_infectee
        ),
        *(
            AnnexeAttendue(p.nom, "Reprise d'une édition antérieure : confirmez-la, remplacez-la ou retirez-la.")
            for p in annexes
            if p.a_confirmer and not p.est_infectee
        ),
    ]
