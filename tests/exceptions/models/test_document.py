"""Documents are written by the thousand: no index that another one covers."""

import pytest
from django.db import connection

from exceptions.models import Document


@pytest.mark.django_db
def test_the_connection_is_found_by_the_unique_index_and_needs_none_of_its_own() -> None:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, Document._meta.db_table)
    whole = {name: c["columns"] for name, c in found.items() if c["index"] or c["unique"]}

    assert sorted(
        n for n, columns in whole.items() if columns and columns[0] == "connection_id"
    ) == [
        "document_living",
        "document_once",
        "document_reference",
    ]
