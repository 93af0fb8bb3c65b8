"""Les adresses des annexes."""

from django.urls import path

from candidatures.annexes.views import joindre, ranger, servir, types

urlpatterns = [
    path("<int:pk>/annexes/", joindre.annexes, name="annexes"),
    path("<int:pk>/annexes/<uuid:cle>/", servir.annexe, name="annexe"),
    path("<int:pk>/annexes/<uuid:cle>/apercu/", servir.annexe_apercu, name="annexe_apercu"),
    path("<int:pk>/annexes/<uuid:cle>/modifier/", ranger.annexe_modifier, name="annexe_modifier"),
    path("<int:pk>/annexes/<uuid:cle>/retirer/", ranger.annexe_retirer, name="annexe_retirer"),
    path("<int:pk>/annexes/<uuid:cle>/ranger/", ranger.annexe_ranger, name="annexe_ranger"),
    path("<int:pk>/annexes/<uuid:cle>/confirmer/", ranger.annexe_confirmer, name="annexe_confirmer"),
    path("campagnes/<int:pk>/annexes/", types.campagne_annexes, name="campagne_annexes"),
]
