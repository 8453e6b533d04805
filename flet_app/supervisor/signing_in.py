"""Who is it: an e-mail and a password, and a password of one's own in the place of one for a single use."""

from __future__ import annotations

from dataclasses import dataclass

import flet as ft

from flet_app.supervisor.api import ApiProblem
from flet_app.supervisor.session import Session

INCOMPLETE = "incomplete"


@ft.observable
@dataclass
class SigningIn:
    """`problem` is a code of the API, `unreachable`, `incomplete` or empty; `detail` the server's words.

    `choosing` says that the password is for one use and another is asked for; `changed` that it was changed
    by somebody who has no page of the office to see.
    """

    email: str = ""
    password: str = ""
    new_password: str = ""
    choosing: bool = False
    changed: bool = False
    busy: bool = False
    problem: str = ""
    detail: str = ""

    async def submit(self, session: Session) -> None:
        """Sign in, or say why not; what was typed stays."""
        complete = self.email.strip() and self.password and (self.new_password or not self.choosing)
        self.problem, self.detail, self.changed = "" if complete else INCOMPLETE, "", False
        if not complete:
            return
        self.busy = True
        new_password = self.new_password if self.choosing else ""
        try:
            await session.sign_in(self.email.strip(), self.password, new_password=new_password)
        except ApiProblem as problem:
            self._refused(problem)
        finally:
            self.busy = False

    def _refused(self, problem: ApiProblem) -> None:
        if problem.code == "not_a_supervisor" and self.choosing:
            self.choosing, self.changed, self.password, self.new_password = False, True, "", ""
            return
        self.problem = problem.code
        self.detail = problem.fields.get("new_password", problem.detail)
        self.choosing = self.choosing or problem.code == "password_change_needed"
