from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from monitoring.choices import Status
from monitoring.models import Machine


class MachineSerializer(serializers.ModelSerializer):
    status = serializers.SerializerMethodField()
    sampled_at = serializers.DateTimeField(
        source="state.sampled_at", default=None, allow_null=True, help_text="UTC."
    )
    values = serializers.SerializerMethodField(help_text="The last reading: percent, bytes, bytes a second.")

    class Meta:
        model = Machine
        fields = (
            "uuid",
            "name",
            "purpose",
            "kind",
            "operating_system",
            "transport",
            "interval_s",
            "is_enabled",
            "status",
            "sampled_at",
            "values",
        )
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=Status.choices))
    def get_status(self, machine: Machine) -> str:
        """A machine that was never polled has no state, and no data."""
        state = getattr(machine, "state", None)
        return state.status if state else Status.NO_DATA

    @extend_schema_field(serializers.DictField())
    def get_values(self, machine: Machine) -> dict[str, Any]:
        state = getattr(machine, "state", None)
        return state.values if state else {}
