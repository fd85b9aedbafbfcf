"""`manage.py up`: everything the portal needs on one machine, started, watched and ended together."""
