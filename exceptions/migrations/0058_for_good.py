"""What cannot be undone is sent only once somebody else has said yes: the database holds it, too."""

from django.db import migrations, models

SECOND = """
CREATE OR REPLACE FUNCTION exceptions_only_approved_is_sent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM exceptions_approvalrequest
        WHERE decision_id = NEW.decision_id AND state <> 'approved'
    ) THEN
        RAISE EXCEPTION 'a decision is sent only once it is approved'
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM exceptions_decision WHERE id = NEW.decision_id AND for_good)
        AND NOT EXISTS (
            SELECT 1 FROM exceptions_approvalrequest
            WHERE decision_id = NEW.decision_id AND state = 'approved'
        )
    THEN
        RAISE EXCEPTION 'what cannot be undone is sent only once a second person has said yes'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""
ONE = """
CREATE OR REPLACE FUNCTION exceptions_only_approved_is_sent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM exceptions_approvalrequest
        WHERE decision_id = NEW.decision_id AND state <> 'approved'
    ) THEN
        RAISE EXCEPTION 'a decision is sent only once it is approved'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("exceptions", "0057_verbs_of_paper"),
    ]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="for_good",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="It cannot be undone: nothing of it is sent before a second person has"
                " said yes",
            ),
        ),
        migrations.RunSQL(SECOND, ONE),
    ]
