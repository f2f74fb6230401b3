"""The withdrawal of a release: the figures that it superseded become valid again."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.errors import NotFound, WithdrawalRefused
from service.ingest.release.load_session import increment_data_version
from service.ingest.release.locks import lock_dataset
from service.ingest.release.vintages import restore_previous_figures
from service.models import Dataset, Release


def withdraw_release(session: Session, code: str, *, withdrawal_date: date) -> Release:
    """Withdraw a release from `withdrawal_date` on, in the transaction of `session`, and return it.

    :raises NotFound: there is no release with this code.
    :raises WithdrawalRefused: the release is withdrawn already, or was not published before `withdrawal_date`.
    :raises LoadInProgress: a load or another withdrawal of the dataset is running.
    """
    release = find_release(session, code)
    lock_dataset(session, session.get_one(Dataset, release.dataset_id).code)
    if release.withdrawn_on is not None:
        raise WithdrawalRefused(f"{code} was withdrawn on {release.withdrawn_on} already")
    if withdrawal_date <= release.published_on:
        raise WithdrawalRefused(f"{code} was published on {release.published_on}; choose a later date")
    release.state, release.withdrawn_on = "withdrawn", withdrawal_date
    session.flush()
    restore_previous_figures(session, {"dataset": release.dataset_id, "release": release.id, "day": withdrawal_date})
    increment_data_version(session)
    return release


def find_release(session: Session, code: str) -> Release:
    """Return the release with this code.

    :raises NotFound: there is none; the message names releases with codes of a similar length.
    """
    release = session.scalar(select(Release).where(Release.code == code))
    if release is None:
        similar_codes = session.scalars(
            select(Release.code).order_by(func.abs(func.length(Release.code) - len(code))).limit(5)
        )
        raise NotFound(f"there is no release {code}; there are {', '.join(similar_codes) or 'none'}")
    return release
