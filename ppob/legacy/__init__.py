"""The original's database, read from a dump once: `manage.py ppob_import_legacy`. What is here already stays as it is."""
