"""Who plays which role in the demo. The login page shows one card for each line, in this order."""

from organization.choices import Role

# The loader gives each of these people the role nationally or in their branch, no forced PIN, and an address of this
# domain: a card opens only an account that carries it, so no real person's account can ever be one.
CAST_DOMAIN = "demo.gerai.example"

ROLE_CARDS: dict[Role, str] = {
    Role.ADMINISTRATOR: "9000001",
    Role.MANAGER: "9000002",
    Role.SUPERVISOR: "9000003",
    Role.COORDINATOR: "9000004",
    Role.ASSISTANT_COORDINATOR: "9000005",
    Role.STORE_SUPPORT: "9000006",
    Role.MONITORING_ADMIN: "9000007",
    Role.MACHINE_PIC: "9000008",
    Role.DEPARTMENT_PIC: "9000009",
    Role.RESPONSIBLE_STAFF: "9000010",
    Role.REPORTER: "9000011",
    Role.BETA_MANAGER: "9000012",
    Role.PPOB_ADMINISTRATOR: "9000013",
    Role.PPOB_STAFF: "9000014",
    Role.ACCOUNTANT: "9000015",
    Role.AUDITOR: "9000016",
}
