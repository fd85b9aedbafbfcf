"""What stores' computers send. What they get is written by the views, for it is made of more than one table."""

from typing import Any

from rest_framework import serializers

from betaapp.choices import DeviceKind
from betaapp.models.devices import device_name
from betaapp.numbers import LONGEST


class SaidSerializer(serializers.Serializer):
    name = serializers.RegexField(
        device_name.regex, max_length=30, help_text="The computer's name within the store: kasir-1."
    )
    kind = serializers.ChoiceField(choices=DeviceKind.choices, default=DeviceKind.TILL)
    versions = serializers.DictField(
        child=serializers.CharField(max_length=LONGEST),
        help_text="All that it runs: the version's number by the application's code. What is missing it no longer runs.",
    )

    def validate_versions(self, versions: dict[str, str]) -> dict[str, str]:
        if len(versions) > 50 or any(len(code) > 12 or not code.isprintable() for code in versions):
            raise serializers.ValidationError(
                "At most 50 applications, each by its code of at most 12 signs."
            )
        return versions


class HeartbeatSerializer(serializers.Serializer):
    store = serializers.CharField(
        max_length=12,
        required=False,
        help_text="The store's code, if it is sent: it has to be the key's own.",
    )
    at = serializers.DateTimeField(required=False, help_text="By the store's clock; now, if it is not sent.")
    devices = SaidSerializer(many=True, allow_empty=False, max_length=30)

    def validate_devices(self, devices: list[dict[str, Any]]) -> list[dict[str, Any]]:
        names = [one["name"] for one in devices]
        if len(set(names)) < len(names):
            raise serializers.ValidationError("Each computer once.")
        return devices


class FeedbackSerializer(serializers.Serializer):
    store = serializers.CharField(max_length=12, required=False)
    device = serializers.RegexField(device_name.regex, max_length=30)
    application = serializers.CharField(
        max_length=12, help_text="The code of an application that the store tries now."
    )
    rating = serializers.IntegerField(min_value=1, max_value=5)
    text = serializers.CharField(max_length=2000)
