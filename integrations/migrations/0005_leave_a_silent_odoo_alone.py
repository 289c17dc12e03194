from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrations", "0004_index_deliveries_done")]

    operations = [
        migrations.AddField(
            model_name="odooaccess",
            name="silences",
            field=models.PositiveIntegerField(
                db_default=0, default=0, help_text="How often in a row Odoo did not answer"
            ),
        ),
        migrations.AddField(
            model_name="odooaccess",
            name="rest_until",
            field=models.DateTimeField(
                help_text="Left alone until then: see `resting`", null=True
            ),
        ),
    ]
