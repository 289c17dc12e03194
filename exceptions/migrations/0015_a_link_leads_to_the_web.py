from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exceptions", "0014_one_index_less_on_documents"),
    ]

    operations = [
        migrations.RunSQL(
            "UPDATE exceptions_document SET url = '' WHERE url !~* '^https?://' AND url <> ''",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(("url", ""), ("url__iregex", "^https?://"), _connector="OR"),
                name="document_url_leads_to_the_web",
            ),
        ),
    ]
