from rest_framework import serializers

from organization.models import Branch, Employee, Store


class BranchSerializer(serializers.ModelSerializer):
    class Meta:
        model = Branch
        fields = (
            "uuid",
            "code",
            "name",
            "kind",
            "city",
            "province",
            "time_zone",
            "latitude",
            "longitude",
            "is_active",
        )
        read_only_fields = fields


class StoreSerializer(serializers.ModelSerializer):
    branch = serializers.CharField(
        source="branch.code", help_text="The code of the branch that serves it today."
    )

    class Meta:
        model = Store
        fields = (
            "uuid",
            "code",
            "name",
            "company",
            "address",
            "city",
            "branch",
            "latitude",
            "longitude",
            "is_position_verified",
            "geofence_m",
            "opened_on",
            "closed_on",
            "paused_from",
            "paused_until",
        )
        read_only_fields = fields


class EmployeeSerializer(serializers.ModelSerializer):
    """Phone and e-mail are not a program's business: a person looks them up in the portal, and that is written down."""

    place = serializers.CharField(source="place.code", help_text="The code of the store or branch of work.")
    branch = serializers.CharField(source="home_branch.code")

    class Meta:
        model = Employee
        fields = ("uuid", "nik", "name", "job_title", "status", "place", "branch")
        read_only_fields = fields
