"""Tables that people bring into master data: read, previewed, confirmed, and saved whole or not at all.

An app describes each kind of table in `<app>/imports/` as an `ImportKind` and registers it; its ModelAdmin inherits
`core.imports.modeladmin.ImportingAdmin`. What is confirmed carries the digest of what was previewed.
"""
