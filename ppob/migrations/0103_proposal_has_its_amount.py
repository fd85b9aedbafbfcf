from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """A CHECK that NULL makes unknown lets it pass: a proposal without an amount was none that anybody could approve."""

    dependencies = [("ppob", "0102_sales_day_commission")]

    operations = [
        migrations.RemoveConstraint(model_name="difference", name="difference_proposal_is_whole"),
        migrations.AddConstraint(
            model_name="difference",
            constraint=models.CheckConstraint(
                condition=Q(("proposed_amount__isnull", True), ("proposed_by__isnull", True))
                | (
                    Q(("proposed_amount__isnull", False), ("proposed_by__isnull", False))
                    & ~Q(("proposed_amount", 0))
                ),
                name="difference_proposal_is_whole",
            ),
        ),
    ]
