"""Les besognes du projet : vider la boîte d'envoi."""

from hlm_projets.envoi.envoi import envoyer_le_prochain
from hlm_projets.envoi.travailleur import besogne

besogne(envoyer_le_prochain)
