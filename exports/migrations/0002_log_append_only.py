from django.db import migrations

# The actor may still be set to NULL when a person's account is deleted.
STORY = "export_id, event, message, processed_rows, duration_ms, created_at"

SQLITE = f"""
CREATE TRIGGER exports_exportlog_append_only
BEFORE UPDATE OF {STORY} ON exports_exportlog
BEGIN SELECT RAISE(ABORT, 'export log rows are never changed'); END
"""
POSTGRES = f"""
CREATE FUNCTION exports_exportlog_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'export log rows are never changed'; END $$;
CREATE TRIGGER exports_exportlog_append_only
BEFORE UPDATE OF {STORY} ON exports_exportlog
FOR EACH ROW EXECUTE FUNCTION exports_exportlog_refuse()
"""
SQLITE_BACK = "DROP TRIGGER exports_exportlog_append_only"
POSTGRES_BACK = """
DROP TRIGGER exports_exportlog_append_only ON exports_exportlog;
DROP FUNCTION exports_exportlog_refuse()
"""


def create(apps, schema_editor):
    run(schema_editor, SQLITE, POSTGRES)


def drop(apps, schema_editor):
    run(schema_editor, SQLITE_BACK, POSTGRES_BACK)


def run(schema_editor, sqlite, postgres):
    sql = {"sqlite": sqlite, "postgresql": postgres}.get(schema_editor.connection.vendor)
    if sql:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(sql)


class Migration(migrations.Migration):
    dependencies = [("exports", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
