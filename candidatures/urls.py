"""Les adresses des candidatures : chaque pièce a les siennes."""

from candidatures.annexes import urls as annexes
from candidatures.archives import urls as archives
from candidatures.campagnes import urls as campagnes
from candidatures.dossier import urls as dossier
from candidatures.partages import urls as partages
from candidatures.reprise import urls as reprise
from candidatures.saisie import urls as saisie

app_name = "candidatures"
urlpatterns = [
    adresse for piece in (dossier, saisie, reprise, annexes, partages, campagnes, archives) for adresse in piece.urlpatterns
]
