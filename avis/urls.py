"""Les adresses des avis."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

app_name = "avis"


def avis(request: HttpRequest, pk: int, niveau: str, territoire: str) -> HttpResponse:
    """À venir."""
    raise NotImplementedError


urlpatterns = [path("<int:pk>/<slug:niveau>/<slug:territoire>/", avis, name="avis")]
