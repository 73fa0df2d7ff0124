from django.db import migrations

# The actor may still be set to NULL when a person's account is deleted; whole rows may be pruned.
STORIES = {
    "imports_importlog": (
        "id, job_id, event, message, processed_rows, duration_ms, created_at",
        "import log rows are never changed",
    ),
    "imports_ledgerentry": (
        "id, job_id, row, content_type_id, object_id, action, before, after_hash, written_at",
        "ledger entries are never changed",
    ),
}
SQLITE = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OF {story} ON {table}
BEGIN SELECT RAISE(ABORT, '{refusal}'); END
"""
POSTGRES = """
CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{refusal}'; END $$;
CREATE TRIGGER {table}_append_only BEFORE UPDATE OF {story} ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_refuse()
"""
SQLITE_BACK = "DROP TRIGGER {table}_append_only"
POSTGRES_BACK = "DROP TRIGGER {table}_append_only ON {table}; DROP FUNCTION {table}_refuse()"


def create(apps, schema_editor):
    run(schema_editor, SQLITE, POSTGRES)


def drop(apps, schema_editor):
    run(schema_editor, SQLITE_BACK, POSTGRES_BACK)


def run(schema_editor, sqlite, postgres):
    sql = {"sqlite": sqlite, "postgresql": postgres}.get(schema_editor.connection.vendor)
    for table, (story, refusal) in STORIES.items() if sql else ():
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(sql.format(table=table, story=story, refusal=refusal))


class Migration(migrations.Migration):
    dependencies = [("imports", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
