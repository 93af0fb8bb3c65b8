"""{% url %}, dans tous les gabarits : chaque route n'est résolue qu'une fois (`hlm_projets.ecran.adresses`).

Une page en écrit vingt à trente, à cinquante microsecondes chacune.
"""

from __future__ import annotations

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as url_de_django
from django.urls import NoReverseMatch
from django.utils.html import conditional_escape

from hlm_projets.ecran.adresses import adresse

register = template.Library()


class Adresse(URLNode):
    """Celle de Django, quand ses arguments sont nommés ou que la route ne se résout pas."""

    def render(self, context: Context) -> str:
        """L'adresse, ou rien et la variable demandée ; lève NoReverseMatch."""
        if self.kwargs:
            return super().render(context)
        try:
            url = adresse(self.view_name.resolve(context), *(argument.resolve(context) for argument in self.args))
        except NoReverseMatch:
            return super().render(context)
        if self.asvar:
            context[self.asvar] = url
            return ""
        return conditional_escape(url) if context.autoescape else url


@register.tag
def url(parser: Parser, token: Token) -> Adresse:
    """{% url 'candidatures:fiche' candidature.pk %}, {% url 'accueil' as accueil %}."""
    noeud = url_de_django(parser, token)
    return Adresse(noeud.view_name, noeud.args, noeud.kwargs, noeud.asvar)
