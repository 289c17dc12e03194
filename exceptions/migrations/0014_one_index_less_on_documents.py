import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exceptions", "0013_count_our_own_mistakes_apart")]

    operations = [
        migrations.AlterField(
            model_name="document",
            name="connection",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="exceptions.connection",
            ),
        ),
    ]
