from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exceptions", "0007_index_what_of_the_outbox_needs_a_person")]

    operations = [
        migrations.AddField(
            model_name="outboxmessage",
            name="answered_at",
            field=models.DateTimeField(help_text="When the source said yes", null=True),
        ),
    ]
