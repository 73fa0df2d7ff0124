from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exports', '0004_parts'),
    ]

    operations = [
        migrations.AddField(
            model_name='export',
            name='reminded_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='export',
            name='mail_after',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='export',
            name='mail_tries',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name='export',
            index=models.Index(fields=['completed_at'], name='exports_export_ended'),
        ),
    ]
