"""How figures supersede one another.

A figure stands from the release that first printed it, as long as every later release of its period repeats it; a
cell that a later release leaves out is withdrawn by it.

All functions work on the table `staged` of the transaction; `keys` are dataset, release, and the day on which
it was published.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

FIGURE = "value, quantity, quantity_unit, net_weight_kg, obs_status"
CELL = "flow, partner_id, commodity_id, period"


def _of(table: str, columns: str) -> str:
    return ", ".join(f"{table}.{column}" for column in columns.split(", "))


_DIFFERS = f"({_of('stood', FIGURE)}) IS DISTINCT FROM ({_of('staged', FIGURE)})"
_SAME_CELL = " AND ".join(f"stood.{column} = staged.{column}" for column in CELL.split(", "))

_SUPERSEDE = f"""
    WITH touched AS (
        SELECT flow, period FROM release_period WHERE dataset_id = :dataset AND release_id = :release
    ), superseded AS (
        DELETE FROM observation AS stood
        USING touched
        WHERE stood.dataset_id = :dataset AND stood.flow = touched.flow AND stood.period = touched.period
          AND NOT EXISTS (SELECT FROM staged WHERE {_SAME_CELL} AND NOT {_DIFFERS})
        RETURNING stood.*
    )
    INSERT INTO observation_history (dataset_id, {CELL}, {FIGURE}, release_id, known_from, known_until)
    SELECT dataset_id, {CELL}, {FIGURE}, release_id, known_from, :day
    FROM superseded"""

_TAKE_PLACE = f"""
    INSERT INTO observation (dataset_id, {CELL}, {FIGURE}, release_id, known_from)
    SELECT :dataset, {CELL}, {FIGURE}, :release, :day
    FROM staged
    WHERE NOT EXISTS (SELECT FROM observation AS stood WHERE stood.dataset_id = :dataset AND {_SAME_CELL})"""

_TAKE_OUT = f"""
    CREATE TEMPORARY TABLE version ON COMMIT DROP AS
    WITH touched AS (
        SELECT flow, period FROM release_period WHERE dataset_id = :dataset AND release_id = :release
    ), current AS (
        DELETE FROM observation AS stood USING touched
        WHERE stood.dataset_id = :dataset AND stood.flow = touched.flow AND stood.period = touched.period
        RETURNING {_of("stood", CELL)}, {_of("stood", FIGURE)}, release_id, known_from,
                  CAST(NULL AS date) AS known_until
    ), past AS (
        DELETE FROM observation_history AS stood USING touched
        WHERE stood.dataset_id = :dataset AND stood.flow = touched.flow AND stood.period = touched.period
        RETURNING {_of("stood", CELL)}, {_of("stood", FIGURE)}, release_id, known_from, known_until
    )
    SELECT * FROM current UNION ALL SELECT * FROM past"""

_NEXT_RELEASES = """
    CREATE TEMPORARY TABLE next_release ON COMMIT DROP AS
    SELECT DISTINCT ON (own.flow, own.period)
           own.flow, own.period, release.id AS release_id, release.published_on AS day
    FROM release_period AS own
    LEFT JOIN (
        release_period AS other
        JOIN release ON release.dataset_id = other.dataset_id AND release.id = other.release_id
    ) ON other.dataset_id = own.dataset_id AND other.flow = own.flow AND other.period = own.period
         AND release.published_on > :day
    WHERE own.dataset_id = :dataset AND own.release_id = :release
    ORDER BY own.flow, own.period, release.published_on"""

_PIECES = f"""
    CREATE TEMPORARY TABLE piece ON COMMIT DROP AS
    WITH before AS (
        SELECT {_of("version", CELL)}, {_of("version", FIGURE)}, version.release_id, known_from,
               least(known_until, :day) AS known_until
        FROM version
        WHERE known_from < :day
    ), own AS (
        SELECT {_of("staged", CELL)}, {_of("staged", FIGURE)}, CAST(:release AS integer), CAST(:day AS date),
               next_release.day
        FROM staged JOIN next_release USING (flow, period)
    ), after AS (
        SELECT {_of("version", CELL)}, {_of("version", FIGURE)},
               CASE WHEN known_from < next_release.day THEN next_release.release_id ELSE version.release_id END,
               greatest(known_from, next_release.day), known_until
        FROM version JOIN next_release USING (flow, period)
        WHERE next_release.day IS NOT NULL AND (known_until IS NULL OR known_until > next_release.day)
    )
    SELECT * FROM before UNION ALL SELECT * FROM own UNION ALL SELECT * FROM after"""

_RUNS = f"""
    CREATE TEMPORARY TABLE run ON COMMIT DROP AS
    WITH beside AS (
        SELECT piece.*,
               lag(known_until) OVER cell IS NOT DISTINCT FROM known_from
               AND lag(ROW({FIGURE})) OVER cell IS NOT DISTINCT FROM ROW({FIGURE}) AS goes_on
        FROM piece
        WINDOW cell AS (PARTITION BY {CELL} ORDER BY known_from)
    ), numbered AS (
        SELECT beside.*, count(*) FILTER (WHERE NOT goes_on) OVER (PARTITION BY {CELL} ORDER BY known_from) AS run
        FROM beside
    )
    SELECT {CELL}, {FIGURE},
           (array_agg(release_id ORDER BY known_from))[1] AS release_id,
           min(known_from) AS known_from,
           (array_agg(known_until ORDER BY known_from DESC))[1] AS known_until
    FROM numbered
    GROUP BY {CELL}, {FIGURE}, run"""

_PUT_BACK = (
    f"""
    INSERT INTO observation (dataset_id, {CELL}, {FIGURE}, release_id, known_from)
    SELECT :dataset, {CELL}, {FIGURE}, release_id, known_from FROM run WHERE known_until IS NULL""",
    f"""
    INSERT INTO observation_history (dataset_id, {CELL}, {FIGURE}, release_id, known_from, known_until)
    SELECT :dataset, {CELL}, {FIGURE}, release_id, known_from, known_until FROM run WHERE known_until IS NOT NULL""",
)


def supersede(session: Session, keys: dict[str, object]) -> None:
    """Let the staged figures stand from their day on; no later release speaks of their periods."""
    session.execute(text(_SUPERSEDE), keys)
    session.execute(text(_TAKE_PLACE), keys)


def insert_between_releases(session: Session, keys: dict[str, object]) -> None:
    """Let the staged figures stand from their day until the next release of their periods, where there is one.

    What stood in that time is cut out, and the pieces on both sides are joined where figures go on unchanged,
    so that the result does not depend on the order in which releases are loaded.
    """
    for statement in (_TAKE_OUT, _NEXT_RELEASES, _PIECES, _RUNS, *_PUT_BACK):
        session.execute(text(statement), keys)
    session.execute(text("DROP TABLE version, next_release, piece, run"))
