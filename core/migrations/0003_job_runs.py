from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_audit"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("job", "run", models.PositiveSmallIntegerField(default=1, verbose_name="run")),
        migrations.AlterField(
            "job", "title", models.CharField(blank=True, max_length=160, verbose_name="title")
        ),
        migrations.RemoveIndex("job", "job_of_person"),
        migrations.RemoveIndex("job", "job_running"),
        migrations.AddIndex(
            "job", models.Index(fields=["requested_by", "created_at", "id"], name="job_by_person")
        ),
        migrations.AddIndex(
            "job",
            models.Index(
                fields=["requested_by"], name="job_open", condition=Q(state__in=["queued", "running"])
            ),
        ),
        migrations.AddIndex(
            "job", models.Index(fields=["ended_at"], name="job_with_file", condition=~Q(result_path=""))
        ),
    ]
