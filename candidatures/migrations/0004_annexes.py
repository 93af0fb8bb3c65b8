from django.db import migrations, models

TYPES_HABITUELS = ("Note de présentation", "Plan de financement", "Rapport", "Lettre d'engagement", "Autre")


def donner_les_types_habituels(apps, schema_editor):
    """Les campagnes déjà là reçoivent les types qu'une campagne reçoit désormais à sa création ; aucun n'est exigé."""
    TypeDePiece = apps.get_model("candidatures", "TypeDePiece")
    for campagne in apps.get_model("candidatures", "Campagne").objects.filter(types_de_piece=None):
        TypeDePiece.objects.bulk_create(
            TypeDePiece(campagne=campagne, rang=rang, libelle=libelle) for rang, libelle in enumerate(TYPES_HABITUELS, 1)
        )


class Migration(migrations.Migration):

    dependencies = [
        ("candidatures", "0003_campagne_niveaux_candidature_a_revoir_and_more"),
    ]

    operations = [
        migrations.AddField(
            model_name="piece",
            name="prochain_essai_le",
            field=models.DateTimeField(blank=True, null=True, verbose_name="prochain essai d'analyse"),
        ),
        migrations.RunPython(donner_les_types_habituels, migrations.RunPython.noop),
    ]
