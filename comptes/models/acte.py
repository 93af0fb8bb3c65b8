"""Le journal des actes de gestion : campagnes, organismes, personnes, habilitations, exports."""

from __future__ import annotations

from hlm_projets.journal import LigneDeJournal


class Acte(LigneDeJournal):
    """Un acte de gestion ; en ajout seul."""

    class Meta:
        verbose_name = "acte de gestion"
        ordering = ("-le", "-pk")
