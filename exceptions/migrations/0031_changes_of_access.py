import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The function is that of 0002_history_is_held_by_triggers.
APPEND_ONLY = """
CREATE TRIGGER accesschange_append_only
    BEFORE UPDATE OR DELETE ON exceptions_accesschange
    FOR EACH ROW EXECUTE FUNCTION exceptions_history_is_append_only();

CREATE TRIGGER accesschange_no_truncate
    BEFORE TRUNCATE ON exceptions_accesschange
    FOR EACH STATEMENT EXECUTE FUNCTION exceptions_history_is_append_only();
"""
NOT_ANY_MORE = """
DROP TRIGGER accesschange_append_only ON exceptions_accesschange;
DROP TRIGGER accesschange_no_truncate ON exceptions_accesschange;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('exceptions', '0030_escalations'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccessChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_name', models.CharField(help_text='As they were called then', max_length=150)),
                ('at', models.DateTimeField()),
                ('what', models.CharField(choices=[('granted', 'role given'), ('withdrawn', 'role taken away'), ('deactivated', 'deactivated'), ('activated', 'activated again'), ('token_made', 'token made'), ('token_revoked', 'token revoked')], max_length=20)),
                ('about', models.CharField(blank=True, help_text='Such as the role and site', max_length=250)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('site', models.ForeignKey(help_text='Whose readers may know; empty: whoever sees the person', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exceptions.site')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='access_changes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('what__in', ['granted', 'withdrawn', 'deactivated', 'activated', 'token_made', 'token_revoked'])), name='access_change_known')],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, NOT_ANY_MORE),
    ]
