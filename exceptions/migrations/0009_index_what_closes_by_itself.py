from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exceptions", "0008_when_the_source_said_yes"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("state", "resolved")),
                fields=["kind", "resolved_at"],
                name="case_to_close",
            ),
        ),
    ]
