"""For templates: wherever a number links to its rows, it can offer them as a file."""

from django import template

from exceptions.web.exports import page

register = template.Library()


@register.filter
def as_file(href: str, form: str) -> str:
    """Where the rows that `href` lists are fetched, "csv" or "xlsx"; empty where none are."""
    return page.address(href, form)
