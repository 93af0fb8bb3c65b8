from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import migrations, models
from django.utils import timezone


def nommer(apps, schema_editor):
    """Reprend les sessions ouvertes : personne n'a à se reconnecter."""
    base = schema_editor.connection.alias
    magasin = import_module("django.contrib.sessions.backends.db").SessionStore()
    personnes = {str(pk): pk for pk in apps.get_model("comptes", "Utilisateur").objects.using(base).values_list("pk", flat=True)}
    seance = apps.get_model("comptes", "Seance")
    ouvertes = apps.get_model("sessions", "Session").objects.using(base).filter(expire_date__gt=timezone.now())
    seance.objects.using(base).bulk_create(
        seance(
            session_key=ouverte.session_key,
            session_data=ouverte.session_data,
            expire_date=ouverte.expire_date,
            utilisateur_id=personnes.get(magasin.decode(ouverte.session_data).get(SESSION_KEY)),
        )
        for ouverte in ouvertes.iterator()
    )


class Migration(migrations.Migration):

    dependencies = [
        ('comptes', '0003_cle_de_l_organisme'),
        ('sessions', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Seance',
            fields=[
                ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='session key')),
                ('session_data', models.TextField(verbose_name='session data')),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                ('utilisateur', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='seances', to=settings.AUTH_USER_MODEL, verbose_name='personne')),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
                'abstract': False,
            },
        ),
        migrations.RunPython(nommer, migrations.RunPython.noop),
    ]
