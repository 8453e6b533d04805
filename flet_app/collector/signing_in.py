"""Who collects with this phone: what was typed, what is asked for next, and why the office said no."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import flet as ft

from flet_app.collector.api import ApiError, CodeNeeded, PasswordForOneUse
from flet_app.collector.phone import Phone
from flet_app.collector.portfolio import Json
from flet_app.collector.session import NotACollector


class Step(StrEnum):
    """What the screen asks for."""

    PERSON = "person"
    OWN_CHOICE = "own_choice"  # the one that was typed is for one use
    COMPANY = "company"
    CODE = "code"  # of the office, for a phone that is new to the company


@ft.observable
@dataclass
class SigningIn:
    """`failure` is what the office refused with, None while it did not; `changed` says that the password is
    the person's own since a moment ago.
    """

    step: Step = Step.PERSON
    busy: bool = False
    changed: bool = False
    failure: Exception | None = None
    companies: list[Json] = field(default_factory=list)
    chosen: Json = field(default_factory=dict)

    async def submit(self, phone: Phone, email: str, password: str, *, code: str, language: str) -> bool:
        """Sign in, or go on where the office asked for something; is it done?"""
        if self.chosen:
            company = dict(self.chosen)
            return await self._try(lambda: phone.choose_company(company, language=language, code=code))
        return await self._try(lambda: phone.sign_in(email, password, language=language, code=code))

    async def choose(self, phone: Phone, company: Json, *, language: str) -> bool:
        """Collect for `company`; is it done?"""
        self.chosen = company
        return await self._try(lambda: phone.choose_company(company, language=language))

    async def _try(self, ask: Callable[[], Awaitable[Any]]) -> bool:
        self.busy, self.failure = True, None
        try:
            companies = await ask()
        except CodeNeeded:
            self.step = Step.CODE
        except PasswordForOneUse:
            self.step = Step.OWN_CHOICE
        except (ApiError, NotACollector) as error:
            if getattr(error, "code", "") == "code_invalid":
                self.step = Step.CODE
            self.failure = error
        else:
            if companies is None:
                return True
            self.companies, self.step = companies, Step.COMPANY
        finally:
            self.busy = False
        return False
