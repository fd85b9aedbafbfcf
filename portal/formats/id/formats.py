"""What Django's Indonesian formats leave out: the zone of a moment. T is WIB, WITA or WIT, as the branch of whoever reads."""

DATETIME_FORMAT = "j M Y H.i T"
DATE_FORMAT = "j M Y"
