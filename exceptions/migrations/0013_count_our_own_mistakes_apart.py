from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exceptions", "0012_documents_that_are_living")]

    operations = [
        migrations.AddField(
            model_name="outboxmessage",
            name="mistakes",
            field=models.PositiveIntegerField(
                db_default=0,
                default=0,
                help_text="Of the attempts, those that failed by our own fault",
            ),
        ),
    ]
