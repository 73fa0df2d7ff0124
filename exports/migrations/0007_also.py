from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exports", "0006_saved"),
    ]

    operations = [
        migrations.AddField(
            model_name="export",
            name="also",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="exporttemplate",
            name="also",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="exporttemplate",
            name="email_notification",
            field=models.BooleanField(default=False),
        ),
    ]
