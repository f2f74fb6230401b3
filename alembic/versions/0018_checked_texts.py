"""Check codes, titles and labels in the database, and mend those that are there.

A code of a dataset becomes lower case, with hyphens in the place of other characters; a control character in a text
becomes a space, and a text that is too long is cut off.
"""

import secrets

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MAX_TEXT_CHARACTERS = 2000
CONTROL_CHARACTERS = r"[\u0001-\u001F\u007F-\u009F\u2028\u2029\uFFFE\uFFFF]"
TEXT_COLUMNS = {
    "area": ("code", "name"),
    "area_code": ("scheme", "code"),
    "classification": ("code", "family", "name"),
    "commodity": ("code", "name"),
    "dataset": ("title", "source", "export_valuation", "import_valuation", "trade_system", "attribution"),
    "indicator": ("code", "title", "kind", "topic", "publisher", "unit", "note", "source_title", "source_address"),
    "indicator_figure": ("code", "label"),
    "measure": ("code", "title", "authority", "kind", "description", "source_title", "source_address"),
    "measure_good": ("certainty", "note"),
    "release": ("file_name", "parser_version"),
    "release_file": ("name",),
    "release_unmapped": ("source_code", "code", "label"),
}
MENDED_COLUMNS = {
    "area": ("name",),
    "classification": ("name",),
    "commodity": ("name",),
    "dataset": TEXT_COLUMNS["dataset"],
    "indicator": ("title", "topic", "publisher", "unit", "note", "source_title"),
    "indicator_figure": ("label",),
    "measure": ("title", "authority", "description", "source_title"),
    "measure_good": ("note",),
    "release": ("file_name",),
    "release_unmapped": ("label",),
}
"""Columns that are no part of a key. A control character in a key stops the migration, which names the table."""
MAX_CODE_CHARACTERS = {"dataset": 63, "release": 100}


def upgrade() -> None:
    op.execute("CREATE TEMPORARY TABLE renamed_dataset ON COMMIT DROP AS SELECT id, code AS old_code FROM dataset")
    for table, length in MAX_CODE_CHARACTERS.items():
        _mend_codes(table, length)
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {table}_code_check CHECK (code ~ '^[a-z0-9-]{{1,{length}}}$')")
    op.execute("""
        UPDATE area_code SET scheme = dataset.code
        FROM renamed_dataset JOIN dataset USING (id)
        WHERE scheme = old_code AND old_code <> dataset.code""")
    for table, columns in TEXT_COLUMNS.items():
        for column in columns:
            if column in MENDED_COLUMNS.get(table, ()):
                _mend_text(table, column)
            op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_text_check CHECK ({_is_clean(column)})")
    op.execute(f"UPDATE data_version SET token = '{secrets.token_hex(16)}'")


def downgrade() -> None:
    for table in MAX_CODE_CHARACTERS:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_code_check")
    for table, columns in TEXT_COLUMNS.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_text_check")


def _is_clean(column: str) -> str:
    return f"{column} !~ '{CONTROL_CHARACTERS}' AND char_length({column}) <= {MAX_TEXT_CHARACTERS}"


def _mend_codes(table: str, length: int) -> None:
    """Give each invalid code a valid one, with the key of the row where the valid one exists."""
    op.execute(f"""
        WITH mended AS (
            SELECT id, left(btrim(lower(regexp_replace(code, '[^A-Za-z0-9-]+', '-', 'g')), '-'), {length - 11}) AS code
            FROM {table}
            WHERE code !~ '^[a-z0-9-]{{1,{length}}}$'
        ), numbered AS (
            SELECT id, code, row_number() OVER (PARTITION BY code ORDER BY id) AS position FROM mended
        )
        UPDATE {table} SET code = CASE
            WHEN numbered.code <> '' AND position = 1
                AND NOT EXISTS (SELECT FROM {table} AS other WHERE other.code = numbered.code)
            THEN numbered.code
            ELSE coalesce(nullif(numbered.code, ''), '{table}') || '-' || numbered.id
        END
        FROM numbered WHERE {table}.id = numbered.id""")


def _mend_text(table: str, column: str) -> None:
    op.execute(f"""
        UPDATE {table}
        SET {column} = left(regexp_replace({column}, '{CONTROL_CHARACTERS}+', ' ', 'g'), {MAX_TEXT_CHARACTERS})
        WHERE NOT ({_is_clean(column)})""")
