"""Let who may not change tables give a dataset its partition: by functions that act as the owner of the tables."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# They act with the rights of who owns them, so they take nothing but numbers and days, and names from one place only.
AS_OWNER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp"
FUNCTIONS = ("make_partition(smallint, integer, date)", "attach_partition(smallint)", "analyze_figures(smallint[])")


def upgrade() -> None:
    _make()
    _attach()
    _analyze()
    for function in FUNCTIONS:
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")


def downgrade() -> None:
    op.execute(f"DROP FUNCTION {', '.join(FUNCTIONS)}")


def _make() -> None:
    # The constraint spares PostgreSQL from reading the table once more to see whose figures it holds.
    op.execute(f"""
        CREATE FUNCTION make_partition(dataset smallint, release integer, day date) RETURNS void {AS_OWNER} AS $$
        BEGIN
            EXECUTE format(
                'CREATE TABLE observation_%1$s (
                     LIKE observation INCLUDING CONSTRAINTS,
                     CONSTRAINT observation_%1$s_is_apart CHECK (dataset_id = %1$s)
                 )', dataset);
            EXECUTE format(
                'ALTER TABLE observation_%1$s ALTER dataset_id SET DEFAULT %1$s, ALTER release_id SET DEFAULT %2$s,
                     ALTER known_from SET DEFAULT %3$L', dataset, release, day);
        END $$""")


def _attach() -> None:
    op.execute(f"""
        CREATE FUNCTION attach_partition(dataset smallint) RETURNS void {AS_OWNER} AS $$
        BEGIN
            EXECUTE format(
                'ALTER TABLE observation_%1$s ALTER dataset_id DROP DEFAULT, ALTER release_id DROP DEFAULT,
                     ALTER known_from DROP DEFAULT', dataset);
            EXECUTE format('ALTER TABLE observation ATTACH PARTITION observation_%1$s FOR VALUES IN (%1$s)', dataset);
            EXECUTE format('ALTER TABLE observation_%1$s DROP CONSTRAINT observation_%1$s_is_apart', dataset);
        END $$""")


def _analyze() -> None:
    # Before version 18, what is known of all partitions together comes only with each of them being read.
    op.execute(f"""
        CREATE FUNCTION analyze_figures(datasets smallint[]) RETURNS void {AS_OWNER} AS $$
        DECLARE dataset smallint;
        BEGIN
            FOREACH dataset IN ARRAY datasets LOOP
                EXECUTE format('ANALYZE observation_%s', dataset);
            END LOOP;
            IF current_setting('server_version_num')::integer >= 180000 THEN
                EXECUTE 'ANALYZE ONLY observation';
            ELSE
                ANALYZE observation;
            END IF;
            ANALYZE observation_history, release, release_period, commodity;
        END $$""")
