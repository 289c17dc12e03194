from django.db import migrations, models

# As the facts that are stored say; the mirror writes it from now on.
FROM_FACTS = """
UPDATE exceptions_document SET living = TRUE
WHERE (facts ->> 'open')::boolean OR (facts ->> 'counted')::boolean
"""


class Migration(migrations.Migration):
    dependencies = [("exceptions", "0011_drafts_of_policies")]

    operations = [
        migrations.AddField(
            model_name="document",
            name="living",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="As the facts say: it can hold an exception now",
            ),
        ),
        migrations.RunSQL(FROM_FACTS, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                condition=models.Q(("gone_at", None), ("living", True)),
                fields=["connection", "model", "record_id"],
                name="document_living",
            ),
        ),
    ]
