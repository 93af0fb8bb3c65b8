"""Le premier nom d'`annexe` : la migration 0003 y cherche encore `chemin_de_la_piece`."""

from candidatures.models.annexe import chemin_de_l_annexe as chemin_de_la_piece

__all__ = ["chemin_de_la_piece"]
