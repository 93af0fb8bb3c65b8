"""Les modèles de l'application « comptes »."""

from comptes.models.acte import Acte
from comptes.models.habilitation import Habilitation, Role
from comptes.models.invitation import Invitation
from comptes.models.organisme import Organisme
from comptes.models.seance import Seance
from comptes.models.service import Service
from comptes.models.utilisateur import Utilisateur

__all__ = ["Acte", "Habilitation", "Invitation", "Organisme", "Role", "Seance", "Service", "Utilisateur"]
