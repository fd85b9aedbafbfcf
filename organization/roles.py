"""Roles are groups; what each may do is declared by the apps and written here, by migrations and by nothing else."""

from collections.abc import Iterable

from django.apps import AppConfig
from django.apps import apps as global_apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType

from organization.choices import Role


def seed_roles(*, using: str = "default", app_labels: Iterable[str] | None = None) -> None:
    """Make every role's group and give it the permissions that the apps declare in `AppConfig.role_permissions`.

    Idempotent. A migration passes its own app's label; without labels all apps are seeded, as tests do after a flush.
    Permissions are made here when `post_migrate` has not come yet; Django then finds them.
    """
    groups = {role: Group.objects.using(using).get_or_create(name=role)[0] for role in Role.values}
    for config in global_apps.get_app_configs():
        if hasattr(config, "role_permissions") and (app_labels is None or config.label in app_labels):
            for role, codenames in config.role_permissions.items():
                permissions = [_permission(config, codename, using) for codename in codenames]
                groups[role].permissions.add(*permissions)


def _permission(config: AppConfig, codename: str, using: str) -> Permission:
    """The permission of that name, made if need be, on the model whose Meta declares it."""
    for model in config.get_models():
        options = model._meta
        declared = {
            f"{act}_{options.model_name}": f"Can {act} {options.verbose_name_raw}"
            for act in options.default_permissions
        }
        declared |= dict(options.permissions)
        if codename in declared:
            content_type, _ = ContentType.objects.using(using).get_or_create(
                app_label=config.label, model=options.model_name
            )
            permission, _ = Permission.objects.using(using).get_or_create(
                content_type=content_type, codename=codename, defaults={"name": str(declared[codename])}
            )
            return permission
    raise LookupError(f"{config.label} declares no permission {codename}")
