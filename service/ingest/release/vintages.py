"""How figures supersede one another.

A figure stands from the release that first printed it, as long as every later release of its period repeats it; a
cell that a later release leaves out is withdrawn by it.

All functions work on the table `staged` of the transaction; `keys` are dataset, release, and the day on which
it was published.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

VALUE_COLUMNS = "value, quantity, quantity_unit, net_weight_kg, obs_status"
CELL_COLUMNS = "flow, partner_id, commodity_id, period"


def _qualified_columns(table: str, columns: str) -> str:
    return ", ".join(f"{table}.{column}" for column in columns.split(", "))


_VALUES_DIFFER = (
    f"({_qualified_columns('stood', VALUE_COLUMNS)}) IS DISTINCT FROM ({_qualified_columns('staged', VALUE_COLUMNS)})"
)
_SAME_CELL = " AND ".join(f"stood.{column} = staged.{column}" for column in CELL_COLUMNS.split(", "))

_ARCHIVE_REVISED_FIGURES = f"""
    WITH touched AS (
        SELECT flow, period FROM release_period WHERE dataset_id = :dataset AND release_id = :release
    ), superseded AS (
        DELETE FROM observation AS stood
        USING touched
        WHERE stood.dataset_id = :dataset AND stood.flow = touched.flow AND stood.period = touched.period
          AND NOT EXISTS (SELECT FROM staged WHERE {_SAME_CELL} AND NOT {_VALUES_DIFFER})
        RETURNING stood.*
    )
    INSERT INTO observation_history (dataset_id, {CELL_COLUMNS}, {VALUE_COLUMNS}, release_id, known_from, known_until)
    SELECT dataset_id, {CELL_COLUMNS}, {VALUE_COLUMNS}, release_id, known_from, :day
    FROM superseded"""

_HAS_CURRENT_FIGURES = """
    SELECT EXISTS (
        SELECT FROM observation
        JOIN release_period USING (dataset_id, flow, period)
        WHERE dataset_id = :dataset AND release_period.release_id = :release)"""

# In the order of the key, each index page is visited once.
_INSERT_FIGURES = f"""
    INSERT INTO observation (dataset_id, {CELL_COLUMNS}, {VALUE_COLUMNS}, release_id, known_from)
    SELECT :dataset, {CELL_COLUMNS}, {VALUE_COLUMNS}, :release, :day
    FROM staged
    %s
    ORDER BY partner_id, commodity_id, flow, period"""
_INSERT_ALL_FIGURES = _INSERT_FIGURES % ""
_INSERT_MISSING_FIGURES = _INSERT_FIGURES % (
    f"WHERE NOT EXISTS (SELECT FROM observation AS stood WHERE stood.dataset_id = :dataset AND {_SAME_CELL})"
)

_AFFECTED_PERIODS = """
    CREATE TEMPORARY TABLE touched ON COMMIT DROP AS
    SELECT flow, period FROM release_period WHERE dataset_id = :dataset AND release_id = :release"""

_EXTRACT_VERSIONS = f"""
    CREATE TEMPORARY TABLE version ON COMMIT DROP AS
    WITH current AS (
        DELETE FROM observation AS stood USING touched
        WHERE stood.dataset_id = :dataset AND stood.flow = touched.flow AND stood.period = touched.period
        RETURNING {_qualified_columns("stood", CELL_COLUMNS)}, {_qualified_columns("stood", VALUE_COLUMNS)},
            known_from, CAST(NULL AS date) AS known_until
    ), past AS (
        DELETE FROM observation_history AS stood USING touched
        WHERE stood.dataset_id = :dataset AND stood.flow = touched.flow AND stood.period = touched.period
        RETURNING {_qualified_columns("stood", CELL_COLUMNS)}, {_qualified_columns("stood", VALUE_COLUMNS)},
            known_from, known_until
    )
    SELECT * FROM current UNION ALL SELECT * FROM past"""

_COVERING_RELEASES = """
    CREATE TEMPORARY TABLE covering ON COMMIT DROP AS
    SELECT flow, period, release.id AS release_id, published_on, withdrawn_on
    FROM touched
    JOIN release_period USING (flow, period)
    JOIN release ON release.dataset_id = release_period.dataset_id AND release.id = release_period.release_id
    WHERE release.dataset_id = :dataset"""

# On the day of a release, what stands is what the release printed: so each print can be had back.
_RELEASE_FIGURES = f"""
    CREATE TEMPORARY TABLE printed ON COMMIT DROP AS
    SELECT {_qualified_columns("version", CELL_COLUMNS)}, {_qualified_columns("version", VALUE_COLUMNS)},
        covering.release_id
    FROM version
    JOIN covering USING (flow, period)
    WHERE known_from <= published_on AND (known_until IS NULL OR known_until > published_on)"""

_ADD_RELEASE_FIGURES = f"""
    INSERT INTO printed SELECT {CELL_COLUMNS}, {VALUE_COLUMNS}, CAST(:release AS integer) FROM staged"""

_DELETE_RELEASE_FIGURES = "DELETE FROM printed WHERE release_id = :release"

_VALIDITY_INTERVALS = f"""
    CREATE TEMPORARY TABLE piece ON COMMIT DROP AS
    WITH turn AS (
        SELECT flow, period, published_on AS day FROM covering
        UNION
        SELECT flow, period, withdrawn_on FROM covering WHERE withdrawn_on IS NOT NULL
    ), stretch AS (
        SELECT turn.*, lead(day) OVER (PARTITION BY flow, period ORDER BY day) AS until FROM turn
    ), governed AS (
        SELECT DISTINCT ON (flow, period, day) flow, period, day, until, release_id
        FROM stretch JOIN covering USING (flow, period)
        WHERE published_on <= day AND (withdrawn_on IS NULL OR withdrawn_on > day)
        ORDER BY flow, period, day, published_on DESC
    )
    SELECT {_qualified_columns("printed", CELL_COLUMNS)}, {_qualified_columns("printed", VALUE_COLUMNS)},
        release_id, day AS known_from, until AS known_until
    FROM governed JOIN printed USING (flow, period, release_id)"""

_COALESCE_INTERVALS = f"""
    CREATE TEMPORARY TABLE run ON COMMIT DROP AS
    WITH beside AS (
        SELECT piece.*,
               lag(known_until) OVER cell IS NOT DISTINCT FROM known_from
               AND lag(ROW({VALUE_COLUMNS})) OVER cell IS NOT DISTINCT FROM ROW({VALUE_COLUMNS}) AS goes_on
        FROM piece
        WINDOW cell AS (PARTITION BY {CELL_COLUMNS} ORDER BY known_from)
    ), numbered AS (
        SELECT beside.*,
            count(*) FILTER (WHERE NOT goes_on) OVER (PARTITION BY {CELL_COLUMNS} ORDER BY known_from) AS run
        FROM beside
    )
    SELECT {CELL_COLUMNS}, {VALUE_COLUMNS},
           (array_agg(release_id ORDER BY known_from))[1] AS release_id,
           min(known_from) AS known_from,
           (array_agg(known_until ORDER BY known_from DESC))[1] AS known_until
    FROM numbered
    GROUP BY {CELL_COLUMNS}, {VALUE_COLUMNS}, run"""

_RESTORE_FIGURES = (
    f"""
    INSERT INTO observation (dataset_id, {CELL_COLUMNS}, {VALUE_COLUMNS}, release_id, known_from)
    SELECT :dataset, {CELL_COLUMNS}, {VALUE_COLUMNS}, release_id, known_from FROM run WHERE known_until IS NULL""",
    f"""
    INSERT INTO observation_history (dataset_id, {CELL_COLUMNS}, {VALUE_COLUMNS}, release_id, known_from, known_until)
    SELECT :dataset, {CELL_COLUMNS}, {VALUE_COLUMNS}, release_id, known_from, known_until FROM run WHERE
    known_until IS NOT NULL""",
)


def supersede(session: Session, keys: dict[str, object]) -> None:
    """Let the staged figures stand from their day on; no later release speaks of their periods."""
    if session.scalar(text(_HAS_CURRENT_FIGURES), keys):
        session.execute(text(_ARCHIVE_REVISED_FIGURES), keys)
        session.execute(text(_INSERT_MISSING_FIGURES), keys)
    else:
        session.execute(text(_INSERT_ALL_FIGURES), keys)


def insert_between_releases(session: Session, keys: dict[str, object]) -> None:
    """Let the staged figures stand from their day until the next release of their periods.

    The history of these periods is made anew from what each release printed, so that the result does not depend on
    the order in which releases are loaded.
    """
    _rebuild_history(session, keys, release_steps=(_DELETE_RELEASE_FIGURES, _ADD_RELEASE_FIGURES))


def restore_previous_figures(session: Session, keys: dict[str, object]) -> None:
    """Let what stood before the release stand again from the day on which it was withdrawn, which is entered already.

    Until that day its figures stay known; nothing is deleted.
    """
    _rebuild_history(session, keys, release_steps=())


def _rebuild_history(session: Session, keys: dict[str, object], *, release_steps: tuple[str, ...]) -> None:
    steps = (
        _AFFECTED_PERIODS,
        _EXTRACT_VERSIONS,
        _COVERING_RELEASES,
        _RELEASE_FIGURES,
        *release_steps,
        _VALIDITY_INTERVALS,
        _COALESCE_INTERVALS,
        *_RESTORE_FIGURES,
    )
    for step in steps:
        session.execute(text(step), keys)
    session.execute(text("DROP TABLE touched, version, covering, printed, piece, run"))
