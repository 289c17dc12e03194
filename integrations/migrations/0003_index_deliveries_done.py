from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrations", "0002_index_deliveries_set_aside")]

    operations = [
        migrations.AddIndex(
            model_name="inboxdelivery",
            index=models.Index(
                condition=models.Q(("state", "done")), fields=["done_at"], name="delivery_done"
            ),
        ),
    ]
