"""What a database error means for a receipt: the ERP says no, or the ERP did not answer.

An ERP's trigger or procedure that says no raises an error of its own with a sentence for people; a broken
constraint is the ERP's no as well, in the database's words. Everything else tells nothing about the receipt,
so it is tried again.
"""

from __future__ import annotations

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from backend.erp.port import ErpUnavailable, Rejected

POSTGRESQL_RAISE = "P0001"  # raise_exception, PostgreSQL manual, appendix A
MYSQL_SIGNAL = 1644  # ER_SIGNAL_EXCEPTION: SIGNAL with a user's SQLSTATE


def refusal_in(error: DBAPIError) -> Rejected | None:
    """The ERP's no, or None when the error is not one."""
    original = error.orig
    raised_by_name = getattr(original, "sqlstate", None) == POSTGRESQL_RAISE
    raised_by_number = original is not None and original.args[:1] == (MYSQL_SIGNAL,)
    if raised_by_name or raised_by_number or isinstance(error, IntegrityError | DataError):
        return Rejected(reason=words_of(error))
    return None


def unavailable(error: DBAPIError) -> ErpUnavailable:
    return ErpUnavailable(words_of(error))


def words_of(error: DBAPIError) -> str:
    """The database's own sentence, without SQLAlchemy's frame, the statement or its values."""
    original = error.orig
    if original is None:
        return str(error)
    diagnosis = getattr(getattr(original, "diag", None), "message_primary", None)
    if diagnosis:
        return str(diagnosis)
    return str(original.args[-1] if original.args else original).strip()
