"""Template filters: how the tower writes times, spans and amounts."""

from django import template

register = template.Library()
