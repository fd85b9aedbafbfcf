"""English as the portal writes it elsewhere: the day before the month, 24 hours, and the zone."""

DATETIME_FORMAT = "j M Y H:i T"
DATE_FORMAT = "j M Y"
