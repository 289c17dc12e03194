import string

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import migrations
from django.db.models import F, Func, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KT
from django.db.models.functions import Lower


def apart(text: Combinable) -> Func:
    signs, blanks = Value(string.punctuation), Value(" " * len(string.punctuation))
    return Func(Lower(text), signs, blanks, function="translate", output_field=TextField())


def numbers(text: Combinable) -> Func:
    no_digits, blank, each = Value("[^0-9]+"), Value(" "), Value("g")
    return Func(text, no_digits, blank, each, function="regexp_replace", output_field=TextField())


SAID = (F("title"), KT("facts__reference"), KT("facts__transfers"))


class Migration(migrations.Migration):
    dependencies = [
        ("exceptions", "0015_a_link_leads_to_the_web"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=GinIndex(
                SearchVector(*map(apart, SAID), *map(numbers, SAID), config="simple"),
                name="case_words",
            ),
        ),
    ]
