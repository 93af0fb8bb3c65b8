"""Les adresses du site, et celles du plancher."""

from django.urls import path

from bench import plancher
from hlm_projets.urls import urlpatterns as site

urlpatterns = [
    *site,
    path("plancher/liste/", plancher.liste, name="plancher_liste"),
    path("plancher/<int:pk>/lecture/", plancher.lecture, name="plancher_lecture"),
    path("plancher/<int:pk>/avis/", plancher.avis, name="plancher_avis"),
    path("plancher/<int:pk>/section/<slug:code>/", plancher.section, name="plancher_section"),
]
