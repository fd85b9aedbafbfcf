"""What is audited of the inbox."""

# What changes nothing that an auditor asks about.
NOT_SENSITIVE = {
    "notifications.services.is_local": "reads",
    "notifications.services.mark_all_read": "a person's own inbox",
    "notifications.services.mark_read": "the same",
    "notifications.services.notify": "tells of what somebody did, and that was recorded",
    "notifications.services.remove_old": "retention of read news",
    "notifications.services.set_mail_preferences": "a person's own wish",
}
