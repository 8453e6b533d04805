"""Password hashes as CouchDB writes and reads them."""

from __future__ import annotations

import pytest

from replica.server.lockout import Lockout
from replica.server.passwords import PasswordCheck, admin_hash, derive, hashed_fields


def test_derivation_is_pbkdf2_over_the_text_of_the_salt() -> None:
    # RFC 6070, second test vector: PBKDF2-HMAC-SHA1, "password", "salt", 2 iterations.
    assert derive("password", "salt", 2, "sha") == "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"


@pytest.mark.parametrize("prf", ["sha", "sha256", "sha512"])
def test_right_password_matches_again_and_again(prf: str) -> None:
    check, stored = PasswordCheck(), hashed_fields("señal", iterations=10, prf=prf)
    assert check.matches("señal", stored)
    assert check.matches("señal", stored)
    assert not check.matches("senal", stored)


def test_simple_scheme_of_old_accounts_still_works() -> None:
    # SHA-1 of "secret" + "salt".
    stored = {
        "password_scheme": "simple",
        "salt": "salt",
        "password_sha": "8152bc582f58c854f580cb101d3182813dec4afe",
    }
    assert PasswordCheck().matches("secret", stored)
    assert not PasswordCheck().matches("other", stored)


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"password_scheme": "pbkdf2"},
        {"password_scheme": "plain"},
        {"password_scheme": "pbkdf2", "pbkdf2_prf": "md5"},
    ],
)
def test_unreadable_account_matches_nothing(stored: dict[str, object]) -> None:
    assert not PasswordCheck().matches("", stored)


def test_administrator_of_the_ini_file_may_be_hashed_or_plain() -> None:
    check = PasswordCheck()
    assert check.matches_admin("geheim", admin_hash("geheim", iterations=10, prf="sha256"))
    assert check.matches_admin("geheim", "geheim")
    assert not check.matches_admin("other", admin_hash("geheim", iterations=10, prf="sha256"))
    assert not check.matches_admin("-pbkdf2-broken", "-pbkdf2-broken")


def test_lock_comes_after_the_threshold_and_goes_with_the_window() -> None:
    lock = Lockout()
    for second in range(5):
        assert not lock.is_locked("ana", "1.2.3.4", now=second, threshold=5, window_seconds=300)
        lock.record_failure("ana", "1.2.3.4", now=second, window_seconds=300)
    assert lock.is_locked("ana", "1.2.3.4", now=10, threshold=5, window_seconds=300)
    assert not lock.is_locked("ana", "5.6.7.8", now=10, threshold=5, window_seconds=300)
    assert not lock.is_locked("bea", "1.2.3.4", now=10, threshold=5, window_seconds=300)
    assert not lock.is_locked("ana", "1.2.3.4", now=301, threshold=5, window_seconds=300)
