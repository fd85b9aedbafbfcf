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
    Permissions are made here when `post_migrate` has not come yet; Django then finds them. A handful of queries an
    app, however much it declares.
    """
    Group.objects.using(using).bulk_create([Group(name=role) for role in Role.values], ignore_conflicts=True)
    groups = {group.name: group for group in Group.objects.using(using).filter(name__in=Role.values)}
    for config in global_apps.get_app_configs():
        declared = getattr(config, "role_permissions", {})
        if declared and (app_labels is None or config.label in app_labels):
            permissions = _permissions(config, using, {name for names in declared.values() for name in names})
            Group.permissions.through.objects.using(using).bulk_create(
                [
                    Group.permissions.through(group=groups[role], permission=permissions[codename])
                    for role, codenames in declared.items()
                    for codename in dict.fromkeys(codenames)
                ],
                ignore_conflicts=True,
            )


def _permissions(config: AppConfig, using: str, needed: set[str]) -> dict[str, Permission]:
    """The permissions that the app's roles need, each on the model whose Meta declares it, made where missing."""
    declared: dict[str, tuple[str, str]] = {}
    for model in config.get_models():
        options = model._meta
        acts = {
            f"{act}_{options.model_name}": f"Can {act} {options.verbose_name_raw}"
            for act in options.default_permissions
        }
        for codename, name in (acts | dict(options.permissions)).items():
            declared[codename] = (str(options.model_name), str(name))
    if unknown := needed - set(declared):
        raise LookupError(f"{config.label} declares no permission {', '.join(sorted(unknown))}")
    names = {declared[codename][0] for codename in needed}
    types = ContentType.objects.using(using)
    types.bulk_create(
        [ContentType(app_label=config.label, model=name) for name in names], ignore_conflicts=True
    )
    of_model = {one.model: one for one in types.filter(app_label=config.label, model__in=names)}
    permissions = Permission.objects.using(using)
    permissions.bulk_create(
        [
            Permission(codename=codename, name=name, content_type=of_model[model])
            for codename, (model, name) in declared.items()
            if codename in needed
        ],
        ignore_conflicts=True,
    )
    found = permissions.filter(content_type__app_label=config.label, codename__in=needed)
    return {one.codename: one for one in found}
