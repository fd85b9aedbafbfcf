from django.contrib.admin.apps import AdminConfig


class GeraiAdminConfig(AdminConfig):
    """The Django admin with our site class in its place."""

    default_site = "portal.admin_site.site.GeraiAdminSite"
