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

_ANYTHING_STOOD = """
    SELECT EXISTS (
        SELECT FROM observation
        JOIN release_period USING (dataset_id, flow, period)
        WHERE dataset_id = :dataset AND release_period.release_id = :release)"""

# In the order of the key, each index page is visited once.
_STAND = f"""
    INSERT INTO observation (dataset_id, {CELL}, {FIGURE}, release_id, known_from)
    SELECT :dataset, {CELL}, {FIGURE}, :release, :day
    FROM staged
    %s
    ORDER BY partner_id, commodity_id, flow, period"""
_STAND_ALL = _STAND % ""
_STAND_WHERE_NOTHING_DOES = _STAND % (
    f"WHERE NOT EXISTS (SELECT FROM observation AS stood WHERE stood.dataset_id = :dataset AND {_SAME_CELL})"
)

_TOUCHED = """
    CREATE TEMPORARY TABLE touched ON COMMIT DROP AS
    SELECT flow, period FROM release_period WHERE dataset_id = :dataset AND release_id = :release"""

_TAKE_OUT = f"""
    CREATE TEMPORARY TABLE version ON COMMIT DROP AS
    WITH current AS (
        DELETE FROM observation AS stood USING touched
        WHERE stood.dataset_id = :dataset AND stood.flow = touched.flow AND stood.period = touched.period
        RETURNING {_of("stood", CELL)}, {_of("stood", FIGURE)}, known_from, CAST(NULL AS date) AS known_until
    ), past AS (
        DELETE FROM observation_history AS stood USING touched
        WHERE stood.dataset_id = :dataset AND stood.flow = touched.flow AND stood.period = touched.period
        RETURNING {_of("stood", CELL)}, {_of("stood", FIGURE)}, known_from, known_until
    )
    SELECT * FROM current UNION ALL SELECT * FROM past"""

_COVERING = """
    CREATE TEMPORARY TABLE covering ON COMMIT DROP AS
    SELECT flow, period, release.id AS release_id, published_on, withdrawn_on
    FROM touched
    JOIN release_period USING (flow, period)
    JOIN release ON release.dataset_id = release_period.dataset_id AND release.id = release_period.release_id
    WHERE release.dataset_id = :dataset"""

# On the day of a release, what stands is what the release printed: so each print can be had back.
_PRINTED = f"""
    CREATE TEMPORARY TABLE printed ON COMMIT DROP AS
    SELECT {_of("version", CELL)}, {_of("version", FIGURE)}, covering.release_id
    FROM version
    JOIN covering USING (flow, period)
    WHERE known_from <= published_on AND (known_until IS NULL OR known_until > published_on)"""

_PRINTED_NOW = f"""
    INSERT INTO printed SELECT {CELL}, {FIGURE}, CAST(:release AS integer) FROM staged"""

_FORGET_OLD_PRINT = "DELETE FROM printed WHERE release_id = :release"

_PIECES = f"""
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
    SELECT {_of("printed", CELL)}, {_of("printed", FIGURE)}, release_id, day AS known_from, until AS known_until
    FROM governed JOIN printed USING (flow, period, release_id)"""

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
    if session.scalar(text(_ANYTHING_STOOD), keys):
        session.execute(text(_SUPERSEDE), keys)
        session.execute(text(_STAND_WHERE_NOTHING_DOES), keys)
    else:
        session.execute(text(_STAND_ALL), keys)


def insert_between_releases(session: Session, keys: dict[str, object]) -> None:
    """Let the staged figures stand from their day until the next release of their periods.

    The history of these periods is made anew from what each release printed, so that the result does not depend on
    the order in which releases are loaded.
    """
    _make_anew(session, keys, prints=(_FORGET_OLD_PRINT, _PRINTED_NOW))


def withdraw(session: Session, keys: dict[str, object]) -> None:
    """Let what stood before the release stand again from the day on which it was withdrawn, which is entered already.

    Until that day its figures stay known; nothing is deleted.
    """
    _make_anew(session, keys, prints=())


def _make_anew(session: Session, keys: dict[str, object], *, prints: tuple[str, ...]) -> None:
    steps = (_TOUCHED, _TAKE_OUT, _COVERING, _PRINTED, *prints, _PIECES, _RUNS, *_PUT_BACK)
    for step in steps:
        session.execute(text(step), keys)
    session.execute(text("DROP TABLE touched, version, covering, printed, piece, run"))
