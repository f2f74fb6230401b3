"""The vintages of figures: how releases supersede one another.

A figure is valid from the release that first prints it until a later release of its period changes it or leaves it out.
A release that is a selection changes and ends only the figures of its own time series.

On Citus, figures and releases are on the workers, temporary tables on the coordinator, and no statement joins both. So
each function first copies what it needs into temporary tables: the statements that read and change stored figures name
one dataset and stored tables alone, or delete by a temporary table.

`keys` are the dataset, the release and the date of publication or withdrawal.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

VALUE_COLUMNS = "value, quantity, quantity_unit, net_weight_kg, obs_status"
CELL_COLUMNS = "flow, partner_id, commodity_id, period"
_SERIES_COLUMNS = "flow, partner_id, commodity_id"


def _qualified_columns(table: str, columns: str) -> str:
    return ", ".join(f"{table}.{column}" for column in columns.split(", "))


def _equal_columns(table: str, other: str, columns: str) -> str:
    return " AND ".join(f"{table}.{column} = {other}.{column}" for column in columns.split(", "))


def covers_series(table: str, *, release_id: str, includes_period: bool = False) -> str:
    """Return the SQL condition that a release, which is a selection, has the time series of a row of `table`.

    `release_id` is the SQL expression of the key of the release. With `includes_period`, the release must also have a
    figure of this series for the period of the row.
    """
    condition = f"""
        EXISTS (
            SELECT FROM release_series AS series
            WHERE series.dataset_id = :dataset AND series.release_id = {release_id}
              AND {_equal_columns("series", table, _SERIES_COLUMNS)}
              %s)"""
    return condition % (f"AND {table}.period = ANY(series.periods)" if includes_period else "")


_AFFECTED = """
    stored.dataset_id = :dataset AND affected_period.dataset_id = :dataset AND affected_period.release_id = :release
    AND stored.flow = affected_period.flow AND stored.period = affected_period.period"""

_COPY_CURRENT_FIGURES = f"""
    CREATE TEMPORARY TABLE current_figure ON COMMIT DROP AS
    SELECT {_qualified_columns("stored", CELL_COLUMNS)}, {_qualified_columns("stored", VALUE_COLUMNS)},
        stored.release_id, stored.known_from
    FROM observation AS stored, release_period AS affected_period
    WHERE {_AFFECTED}
      AND (:covers = 'complete' OR {covers_series("stored", release_id=":release")})"""

_SAME_FIGURE = f"""
    {_equal_columns("staged", "current_figure", CELL_COLUMNS)}
    AND ({_qualified_columns("staged", VALUE_COLUMNS)})
        IS NOT DISTINCT FROM ({_qualified_columns("current_figure", VALUE_COLUMNS)})"""

_FIND_SUPERSEDED_FIGURES = f"""
    CREATE TEMPORARY TABLE superseded ON COMMIT DROP AS
    SELECT * FROM current_figure WHERE NOT EXISTS (SELECT FROM staged WHERE {_SAME_FIGURE})"""

_DELETE_SUPERSEDED_FIGURES = f"""
    DELETE FROM observation AS stored USING superseded
    WHERE stored.dataset_id = :dataset AND {_equal_columns("stored", "superseded", CELL_COLUMNS)}"""

_ARCHIVE_SUPERSEDED_FIGURES = f"""
    INSERT INTO observation_history (dataset_id, {CELL_COLUMNS}, {VALUE_COLUMNS}, release_id, known_from, known_until)
    SELECT :dataset, {CELL_COLUMNS}, {VALUE_COLUMNS}, release_id, known_from, :day
    FROM superseded"""

_FIND_NEW_FIGURES = f"""
    CREATE TEMPORARY TABLE new_figure ON COMMIT DROP AS
    SELECT * FROM staged WHERE NOT EXISTS (SELECT FROM current_figure WHERE {_SAME_FIGURE})"""

# Sorted by key, each index page is visited once.
_INSERT_NEW_FIGURES = f"""
    INSERT INTO observation (dataset_id, {CELL_COLUMNS}, {VALUE_COLUMNS}, release_id, known_from)
    SELECT :dataset, {CELL_COLUMNS}, {VALUE_COLUMNS}, :release, :day
    FROM new_figure
    ORDER BY partner_id, commodity_id, flow, period"""

_COPY_VERSIONS = f"""
    CREATE TEMPORARY TABLE validity ON COMMIT DROP AS
    SELECT {_qualified_columns("stored", CELL_COLUMNS)}, {_qualified_columns("stored", VALUE_COLUMNS)},
        stored.known_from, CAST(NULL AS date) AS known_until
    FROM observation AS stored, release_period AS affected_period
    WHERE {_AFFECTED}
    UNION ALL
    SELECT {_qualified_columns("stored", CELL_COLUMNS)}, {_qualified_columns("stored", VALUE_COLUMNS)},
        stored.known_from, stored.known_until
    FROM observation_history AS stored, release_period AS affected_period
    WHERE {_AFFECTED}"""

_DELETE_VERSIONS = tuple(
    f"DELETE FROM {table} AS stored USING release_period AS affected_period WHERE {_AFFECTED}"
    for table in ("observation", "observation_history")
)

_RELEASES_OF_AFFECTED_PERIODS = """
    FROM release_period AS affected_period
    JOIN release_period AS other_period
        ON other_period.dataset_id = affected_period.dataset_id
        AND other_period.flow = affected_period.flow AND other_period.period = affected_period.period"""

_COPY_COVERING_RELEASES = f"""
    CREATE TEMPORARY TABLE covering_release ON COMMIT DROP AS
    SELECT other_period.flow, other_period.period, release.id AS release_id, published_on, withdrawn_on, covers
    {_RELEASES_OF_AFFECTED_PERIODS}
    JOIN release ON release.dataset_id = other_period.dataset_id AND release.id = other_period.release_id
    WHERE affected_period.dataset_id = :dataset AND affected_period.release_id = :release"""

_COPY_COVERED_SERIES = f"""
    CREATE TEMPORARY TABLE covered_series ON COMMIT DROP AS
    SELECT series.release_id, {_qualified_columns("series", _SERIES_COLUMNS)}, series.periods
    FROM release_series AS series
    WHERE series.dataset_id = :dataset AND series.release_id IN (
        SELECT other_period.release_id
        {_RELEASES_OF_AFFECTED_PERIODS}
        WHERE affected_period.dataset_id = :dataset AND affected_period.release_id = :release)"""

# On its date, the valid figures are those of the release: so they can be read back.
_RELEASE_FIGURES = f"""
    CREATE TEMPORARY TABLE release_figure ON COMMIT DROP AS
    SELECT {_qualified_columns("validity", CELL_COLUMNS)}, {_qualified_columns("validity", VALUE_COLUMNS)},
        covering_release.release_id
    FROM validity
    JOIN covering_release USING (flow, period)
    LEFT JOIN covered_series AS series
        ON series.release_id = covering_release.release_id
        AND {_equal_columns("series", "validity", _SERIES_COLUMNS)}
    WHERE known_from <= published_on AND (known_until IS NULL OR known_until > published_on)
      AND (covers = 'complete' OR validity.period = ANY(series.periods))"""

_ADD_RELEASE_FIGURES = f"""
    INSERT INTO release_figure SELECT {CELL_COLUMNS}, {VALUE_COLUMNS}, CAST(:release AS integer) FROM staged"""

_DELETE_RELEASE_FIGURES = "DELETE FROM release_figure WHERE release_id = :release"

_VALIDITY_INTERVALS = f"""
    CREATE TEMPORARY TABLE validity_interval ON COMMIT DROP AS
    WITH change_day AS (
        SELECT flow, period, published_on AS day FROM covering_release
        UNION
        SELECT flow, period, withdrawn_on FROM covering_release WHERE withdrawn_on IS NOT NULL
    ), day_span AS (
        SELECT change_day.*, lead(day) OVER (PARTITION BY flow, period ORDER BY day) AS next_day FROM change_day
    ), governing_release AS (
        SELECT DISTINCT ON (flow, period, day) flow, period, day, next_day, release_id
        FROM day_span JOIN covering_release USING (flow, period)
        WHERE published_on <= day AND (withdrawn_on IS NULL OR withdrawn_on > day)
        ORDER BY flow, period, day, published_on DESC
    )
    SELECT {_qualified_columns("release_figure", CELL_COLUMNS)}, {_qualified_columns("release_figure", VALUE_COLUMNS)},
        release_id, day AS known_from, next_day AS known_until
    FROM governing_release JOIN release_figure USING (flow, period, release_id)"""

_HAS_SELECTION = "SELECT EXISTS (SELECT FROM covering_release WHERE covers = 'selection')"

# Selections of one date are one publication: a cell has the figure of the one that prints it.
_VALIDITY_INTERVALS_BY_CELL = f"""
    CREATE TEMPORARY TABLE validity_interval ON COMMIT DROP AS
    WITH change_day AS (
        SELECT flow, period, published_on AS day FROM covering_release
        UNION
        SELECT flow, period, withdrawn_on FROM covering_release WHERE withdrawn_on IS NOT NULL
    ), day_span AS (
        SELECT change_day.*, lead(day) OVER (PARTITION BY flow, period ORDER BY day) AS next_day FROM change_day
    ), cell AS (
        SELECT DISTINCT {CELL_COLUMNS} FROM release_figure
    ), covered_cell AS (
        SELECT cell.*, published_on, withdrawn_on
        FROM cell
        JOIN covering_release USING (flow, period)
        LEFT JOIN covered_series AS series
            ON series.release_id = covering_release.release_id
            AND {_equal_columns("series", "cell", _SERIES_COLUMNS)}
        WHERE covers = 'complete' OR series.release_id IS NOT NULL
    ), governing_date AS (
        SELECT {CELL_COLUMNS}, day, next_day, max(published_on) AS published_on
        FROM covered_cell JOIN day_span USING (flow, period)
        WHERE published_on <= day AND (withdrawn_on IS NULL OR withdrawn_on > day)
        GROUP BY {CELL_COLUMNS}, day, next_day
    )
    SELECT DISTINCT ON ({_qualified_columns("release_figure", CELL_COLUMNS)}, day)
        {_qualified_columns("release_figure", CELL_COLUMNS)}, {_qualified_columns("release_figure", VALUE_COLUMNS)},
        release_id, day AS known_from, next_day AS known_until
    FROM governing_date
    JOIN covering_release USING (flow, period, published_on)
    JOIN release_figure USING ({CELL_COLUMNS}, release_id)
    WHERE withdrawn_on IS NULL OR withdrawn_on > day
    ORDER BY {_qualified_columns("release_figure", CELL_COLUMNS)}, day, release_id"""

_COALESCE_INTERVALS = f"""
    CREATE TEMPORARY TABLE coalesced_interval ON COMMIT DROP AS
    WITH adjacent_interval AS (
        SELECT validity_interval.*,
               lag(known_until) OVER cell IS NOT DISTINCT FROM known_from
               AND lag(ROW({VALUE_COLUMNS})) OVER cell IS NOT DISTINCT FROM ROW({VALUE_COLUMNS}) AS is_continuation
        FROM validity_interval
        WINDOW cell AS (PARTITION BY {CELL_COLUMNS} ORDER BY known_from)
    ), numbered_interval AS (
        SELECT adjacent_interval.*,
            count(*) FILTER (WHERE NOT is_continuation)
                OVER (PARTITION BY {CELL_COLUMNS} ORDER BY known_from) AS interval_number
        FROM adjacent_interval
    )
    SELECT {CELL_COLUMNS}, {VALUE_COLUMNS},
           (array_agg(release_id ORDER BY known_from))[1] AS release_id,
           min(known_from) AS known_from,
           (array_agg(known_until ORDER BY known_from DESC))[1] AS known_until
    FROM numbered_interval
    GROUP BY {CELL_COLUMNS}, {VALUE_COLUMNS}, interval_number"""

_RESTORE_FIGURES = (
    f"""
    INSERT INTO observation (dataset_id, {CELL_COLUMNS}, {VALUE_COLUMNS}, release_id, known_from)
    SELECT :dataset, {CELL_COLUMNS}, {VALUE_COLUMNS}, release_id, known_from
    FROM coalesced_interval
    WHERE known_until IS NULL""",
    f"""
    INSERT INTO observation_history (dataset_id, {CELL_COLUMNS}, {VALUE_COLUMNS}, release_id, known_from, known_until)
    SELECT :dataset, {CELL_COLUMNS}, {VALUE_COLUMNS}, release_id, known_from, known_until
    FROM coalesced_interval
    WHERE known_until IS NOT NULL""",
)


_TEMPORARY_TABLES = (
    "validity",
    "covering_release",
    "covered_series",
    "release_figure",
    "validity_interval",
    "coalesced_interval",
)


def copy_current_figures(session: Session, keys: dict[str, object]) -> None:
    """Copy the current figures of the periods of a release into the temporary table `current_figure`.

    `keys` also have `covers`: of a selection, this copies the figures of its own series only.
    """
    session.execute(text(_COPY_CURRENT_FIGURES), keys)
    session.execute(text("ANALYZE current_figure"))


def supersede(session: Session, keys: dict[str, object]) -> None:
    """Make the staged figures current from `day` on; no later release may cover their periods.

    `current_figure` has the figures that they supersede, or withdraw.
    """
    for step in (
        _FIND_SUPERSEDED_FIGURES,
        "ANALYZE superseded",
        _DELETE_SUPERSEDED_FIGURES,
        _ARCHIVE_SUPERSEDED_FIGURES,
        _FIND_NEW_FIGURES,
        _INSERT_NEW_FIGURES,
        "DROP TABLE current_figure, superseded, new_figure",
    ):
        session.execute(text(step), keys)


def insert_between_releases(session: Session, keys: dict[str, object]) -> None:
    """Make the staged figures valid from `day` until the next release of their periods.

    The history of these periods is rebuilt from the figures of each release, so that the result does not depend on the
    order in which releases are loaded.
    """
    _rebuild_history(session, keys, release_steps=(_DELETE_RELEASE_FIGURES, _ADD_RELEASE_FIGURES))


def restore_previous_figures(session: Session, keys: dict[str, object]) -> None:
    """Make the figures of the previous release valid again from the date on which a release is withdrawn.

    The withdrawal must be stored in `Release` already. The withdrawn figures stay valid until that date.
    """
    _rebuild_history(session, keys, release_steps=())


def _rebuild_history(session: Session, keys: dict[str, object], *, release_steps: tuple[str, ...]) -> None:
    copies = (_COPY_VERSIONS, _COPY_COVERING_RELEASES, _COPY_COVERED_SERIES)
    for step in (*copies, *_DELETE_VERSIONS, _RELEASE_FIGURES, *release_steps):
        session.execute(text(step), keys)
    has_selection = session.scalar(text(_HAS_SELECTION))
    intervals = _VALIDITY_INTERVALS_BY_CELL if has_selection else _VALIDITY_INTERVALS
    for step in (intervals, _COALESCE_INTERVALS, *_RESTORE_FIGURES):
        session.execute(text(step), keys)
    session.execute(text(f"DROP TABLE {', '.join(_TEMPORARY_TABLES)}"))
