from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrations", "0005_leave_a_silent_odoo_alone")]

    operations = [
        migrations.AddField(
            model_name="inboxdelivery",
            name="failures",
            field=models.PositiveIntegerField(
                db_default=0,
                default=0,
                help_text="Of the attempts, those that waiting will not cure",
            ),
        ),
    ]
