"""*Teléfonos*: who carries which phone; a code for a new one; shutting a lost one out, or erasing it."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from functools import partial

import flet as ft

from flet_app.components.dialogs import confirmation
from flet_app.components.figures import caption
from flet_app.components.handlers import calling, use_kept
from flet_app.components.inputs import primary, secondary
from flet_app.components.status import Status, Tone, status_pill
from flet_app.components.surfaces import beside, empty, section, skeleton, stacked
from flet_app.components.tagging import tag
from flet_app.supervisor.api import Api
from flet_app.supervisor.clock_codes import ClockCodes
from flet_app.supervisor.phones import Json, Phones
from flet_app.supervisor.session import Session, run, use_session
from flet_app.supervisor.views.asking import refusal
from flet_app.supervisor.views.people import name_of
from flet_app.supervisor.views.settings.clock_code import clock_code_dialog
from flet_app.supervisor.views.settings.one_time_code import code_dialog
from flet_app.supervisor.views.settings.phone_erasing import erasing_dialog, erasing_status, erasing_words
from flet_app.theme import EDGE, GAP, TOUCH_TARGET, Palette, is_dark, palette
from receivables.wiping import WipeState, may_undo

GROUPS = {
    "in_use": ("{count} phone in use", "{count} phones in use"),
    "erasing": ("{count} phone to be erased", "{count} phones to be erased"),
    "shut_out": ("{count} phone shut out", "{count} phones shut out"),
    "erased": ("{count} phone erased", "{count} phones erased"),
}

WIDE = 900
"""dp, from which on there is room for what can be done beside the words about a phone."""


@ft.component
def PhonesScreen() -> ft.Control:
    session, phones, clocks = use_session(), use_kept(Phones), use_kept(ClockCodes)
    ft.use_state(phones)
    ft.use_state(clocks)
    ft.use_effect(partial(run, phones.read, session), dependencies=[])
    ft.use_dialog(_dialog(session, phones, clocks))
    colors = palette(dark=is_dark(ft.context.page))
    t, again = session.texts.t, calling(run, phones.read, session)
    rows = refusal(session, phones, colors, identifier="phones-failure", again=again)
    new = primary("code-new", t("Code for a new phone"), calling(phones.wish), icon=ft.Icons.ADD)
    rows.append(ft.Row([new]))
    if phones.items is None:
        rows += [] if phones.failure else [skeleton(5)]
    elif not phones.items:
        rows.append(empty(ft.Icons.PHONE_ANDROID, t("No phone is enrolled yet. Make a code for the first.")))
    else:
        rows += _list(session, phones, clocks, colors)
    return ft.ListView(rows, padding=EDGE, spacing=GAP, expand=True)


def _dialog(session: Session, phones: Phones, clocks: ClockCodes) -> ft.AlertDialog | None:
    if clocks.phone:
        return clock_code_dialog(session, clocks, clocks.phone)
    if phones.wishing:
        return code_dialog(session, phones)
    if phones.erasing:
        return erasing_dialog(session, phones, phones.erasing)
    return _revoke_dialog(session, phones, phones.leaving) if phones.leaving else None


def _list(session: Session, phones: Phones, clocks: ClockCodes, colors: Palette) -> list[ft.Control]:
    n, groups = session.texts.n, defaultdict[str, list[Json]](list)
    for phone in phones.items or []:
        groups[_group(phone)].append(phone)
    rows: list[ft.Control] = []
    for group, words in GROUPS.items():
        if some := groups[group]:
            rows.append(section(n(*words, len(some))))
            rows.append(stacked([_row(session, phones, clocks, each, colors) for each in some]))
    return rows


def _group(phone: Json) -> str:
    if phone["wipe"]:
        return "erased" if phone["wipe"]["state"] == WipeState.ERASED else "erasing"
    return "in_use" if phone["revoked_at"] is None else "shut_out"


def _row(session: Session, phones: Phones, clocks: ClockCodes, phone: Json, colors: Palette) -> ft.Control:
    texts = session.texts
    carried = f"{name_of(session, phone['collector'])} · {phone['name']}"
    told = texts.t(
        "{email} · series {series} · enrolled {when}",
        email=phone["email"],
        series=phone["series"],
        when=_moment(session, phone["enrolled_at"]),
    )
    words: list[ft.Control] = [
        ft.Text(carried, size=16, weight=ft.FontWeight.W_600),
        caption(told),
        caption(_contact(session, phone["last_contact_at"], phone["app"])),
        *(erasing_words(session, phone["wipe"]) if phone["wipe"] else ()),
    ]
    narrow = session.state.width < WIDE
    trailing = ft.Row(
        _trailing(session, phones, clocks, phone, colors), spacing=8, run_spacing=8, wrap=narrow, tight=True
    )
    return tag(
        f"phone-{phone['device']}",
        ft.Container(
            beside(words, trailing, narrow=narrow),
            padding=ft.Padding.symmetric(horizontal=16, vertical=12),
        ),
    )


def _trailing(
    session: Session, phones: Phones, clocks: ClockCodes, phone: Json, colors: Palette
) -> list[ft.Control]:
    """How the phone stands, and what can be done about it."""
    t, device, wipe = session.texts.t, phone["device"], phone["wipe"]
    if wipe:
        found: list[ft.Control] = [status_pill(erasing_status(session, wipe), colors)]
        if may_undo(wipe):

            async def keep(api: Api) -> None:
                await phones.keep(api, device)

            found.append(
                secondary(
                    f"phone-keep-{device}", t("Do not erase"), calling(run, keep, session),
                    icon=ft.Icons.UNDO, height=TOUCH_TARGET,
                )
            )  # fmt: skip
        return found
    erase = secondary(
        f"phone-erase-{device}", t("Erase"), calling(phones.consider_erasing, phone),
        icon=ft.Icons.PHONELINK_ERASE, height=TOUCH_TARGET,
    )  # fmt: skip
    if phone["revoked_at"] is not None:
        said = t("Shut out {when}", when=_moment(session, phone["revoked_at"]))
        return [status_pill(Status(tone=Tone.PLAIN, icon=ft.Icons.BLOCK, text=said), colors), erase]
    revoke = secondary(
        f"phone-revoke-{device}", t("Shut out"), calling(phones.consider, phone),
        icon=ft.Icons.PHONELINK_LOCK, height=TOUCH_TARGET,
    )  # fmt: skip
    clock = secondary(
        f"phone-clock-{device}", t("Accept its clock"), calling(clocks.consider, phone),
        icon=ft.Icons.HISTORY, height=TOUCH_TARGET,
    )  # fmt: skip
    return [clock, revoke, erase]


def _contact(session: Session, instant: str | None, app: str | None) -> str:
    """A phone is heard of every quarter of an hour that it has a network; the server remembers two months."""
    texts = session.texts
    if instant is None:
        return texts.t("Not heard of for two months or more")
    heard = texts.t("Last heard of {ago}", ago=texts.ago(session.now() - datetime.fromisoformat(instant)))
    return f"{heard} · {texts.t('version {version}', version=app)}" if app else heard


def _moment(session: Session, instant: str) -> str:
    return session.texts.moment(datetime.fromisoformat(instant), now=session.now())


def _revoke_dialog(session: Session, phones: Phones, phone: Json) -> ft.AlertDialog:
    t = session.texts.t
    return confirmation(
        "phone-revoke",
        title=t("Shut out the phone of {name}?", name=name_of(session, phone["collector"])),
        sentence=t(
            "What it has sent stays. What it has not is on that phone only, until it makes a file for the "
            "office. To come back it needs a new code."
        ),
        consequence=t("Shut out {name}", name=phone["name"]),
        back=t("Leave it"),
        on_confirm=calling(run, phones.revoke, session),
        on_back=calling(phones.consider, None),
    )
