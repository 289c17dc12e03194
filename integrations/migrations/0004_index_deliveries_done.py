from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrations", "0003_sources_this_odoo_does_not_have")]

    operations = [
        migrations.AddIndex(
            model_name="inboxdelivery",
            index=models.Index(
                condition=models.Q(("state", "done")), fields=["done_at"], name="delivery_done"
            ),
        ),
    ]
