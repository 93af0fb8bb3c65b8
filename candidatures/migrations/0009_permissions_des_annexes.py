from django.db import migrations

RENOMMES = {"piece": "annexe", "typedepiece": "typedannexe"}
ACTES = ("add", "change", "delete", "view")


def au_nouveau_nom(apps, schema_editor):
    """Les permissions de Django suivent leurs modèles, que 0007 a renommés."""
    renommer(apps, schema_editor, RENOMMES)


def a_l_ancien_nom(apps, schema_editor):
    """Elles reprennent le nom d'alors ; `post_migrate` refait aussitôt les autres, comme avant cette migration."""
    renommer(apps, schema_editor, {neuf: ancien for ancien, neuf in RENOMMES.items()})


def renommer(apps, schema_editor, noms):
    """Une permission que `post_migrate` a déjà faite sous l'autre nom reste ; l'ancienne s'en va. Nul n'en détient : aucun code ne les lit."""
    permissions = apps.get_model("auth", "Permission").objects.using(schema_editor.connection.alias)
    codes = {f"{acte}_{de}": f"{acte}_{vers}" for de, vers in noms.items() for acte in ACTES}
    for permission in permissions.filter(content_type__app_label="candidatures", codename__in=codes):
        code = codes[permission.codename]
        if permissions.filter(content_type_id=permission.content_type_id, codename=code).exists():
            permission.delete()
        else:
            permission.codename = code
            permission.save(update_fields=["codename"])


class Migration(migrations.Migration):

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("candidatures", "0008_listes"),
    ]

    operations = [migrations.RunPython(au_nouveau_nom, a_l_ancien_nom)]
