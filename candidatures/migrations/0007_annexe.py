import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """`Piece` devient `Annexe`, `TypeDePiece` devient `TypeDAnnexe` ; tables, colonnes et contraintes gardent leur nom.

    La table est nommée avant le modèle : renommer celui-ci n'écrit alors rien en base, hors son type de contenu.
    """

    dependencies = [
        ("candidatures", "0006_textes_compares"),
    ]

    operations = [
        migrations.AlterModelTable(name="typedepiece", table="candidatures_typedepiece"),
        migrations.AlterModelTable(name="piece", table="candidatures_piece"),
        migrations.RenameModel(old_name="TypeDePiece", new_name="TypeDAnnexe"),
        migrations.RenameModel(old_name="Piece", new_name="Annexe"),
        migrations.AlterField(
            model_name="typedannexe",
            name="campagne",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="types_d_annexe",
                to="candidatures.campagne",
                verbose_name="campagne",
            ),
        ),
        migrations.AlterField(
            model_name="annexe",
            name="candidature",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="annexes",
                to="candidatures.candidature",
                verbose_name="candidature",
            ),
        ),
        migrations.AlterField(
            model_name="annexe",
            name="type",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="annexes",
                to="candidatures.typedannexe",
                verbose_name="type",
            ),
        ),
    ]
