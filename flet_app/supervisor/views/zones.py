"""The zones of the company on a map; drawing one, and changing one corner by corner."""

from __future__ import annotations

from functools import partial

import flet as ft

from flet_app.components.figures import caption
from flet_app.components.handlers import calling
from flet_app.components.inputs import field, icon_action, primary, secondary
from flet_app.components.status import Tone
from flet_app.components.surfaces import beside, card, notice
from flet_app.components.tagging import tag
from flet_app.supervisor.session import Session, run
from flet_app.supervisor.state import Json
from flet_app.supervisor.views.people import collector_choice, name_of
from flet_app.supervisor.views.zone_map import zone_map
from flet_app.supervisor.zoning import Zoning, can_be_changed
from flet_app.theme import TOUCH_TARGET, Palette
from receivables.outlines import FEWEST_CORNERS

MAP_HEIGHT = 420


def zones_of(session: Session, zoning: Zoning, colors: Palette) -> list[ft.Control]:
    """The map with its zones, and below it the list, or the zone that is being drawn."""
    texts = session.texts
    rows: list[ft.Control] = []
    if zoning.failure:
        rows.append(notice(zoning.failure, colors, tone=Tone.LATE, identifier="zone-failure"))
    rows.append(ft.Container(zone_map(session, zoning), height=MAP_HEIGHT, border_radius=16))
    if zoning.drawing:
        return rows + _drawing(session, zoning)
    if not zoning.zones:
        rows.append(caption(texts.t("There are no zones yet.")))
    rows += [_zone(session, zoning, zone) for zone in zoning.zones]
    rows.append(
        ft.Row([secondary("zone-new", texts.t("Draw a zone"), calling(zoning.begin), icon=ft.Icons.ADD)])
    )
    return rows


def _drawing(session: Session, zoning: Zoning) -> list[ft.Control]:
    texts = session.texts
    return [
        tag("zone-corners", ft.Text(_told(session, zoning), size=14)),
        field(
            "zone-name",
            texts.t("Name of the zone"),
            value=zoning.name,
            on_change=partial(setattr, zoning, "name"),
        ),
        collector_choice(
            session, "zone-for", selected=zoning.collector, on_select=partial(setattr, zoning, "collector")
        ),
        *_of_the_corner(session, zoning),
        ft.Row(
            [
                secondary("zone-stop", texts.t("Discard"), calling(zoning.stop), expand=1),
                secondary(
                    "zone-take-back",
                    texts.t("Undo") if zoning.changing else texts.t("Last corner away"),
                    calling(zoning.take_back),
                    disabled=not zoning.is_touched,
                    expand=1,
                ),
                primary(
                    "zone-save",
                    texts.t("Save the zone"),
                    calling(run, zoning.save, session),
                    disabled=not zoning.is_complete,
                    expand=1,
                ),
            ],
            spacing=10,
        ),
    ]


def _told(session: Session, zoning: Zoning) -> str:
    """What a tap on the map does now."""
    texts = session.texts
    if zoning.selected is not None:
        return texts.t("Tap where corner {number} goes.", number=zoning.selected + 1)
    if zoning.changing:
        return texts.t("Tap a corner to move it, or the map to put a corner there.")
    missing = FEWEST_CORNERS - len(zoning.corners)
    if missing > 0:
        return texts.n("Tap {count} more corner on the map.", "Tap {count} more corners on the map.", missing)
    return texts.n("{count} corner", "{count} corners", len(zoning.corners))


def _of_the_corner(session: Session, zoning: Zoning) -> list[ft.Control]:
    if zoning.selected is None:
        return []
    remove = secondary(
        "zone-corner-remove",
        session.texts.t("Remove corner {number}", number=zoning.selected + 1),
        calling(zoning.remove_selected),
        icon=ft.Icons.DELETE_OUTLINE,
        disabled=len(zoning.corners) <= FEWEST_CORNERS,
    )
    return [ft.Row([remove])]


def _zone(session: Session, zoning: Zoning, zone: Json) -> ft.Control:
    t, code = session.texts.t, zone["code"]
    name = ft.Text(zone["name"], size=16, weight=ft.FontWeight.W_600)
    words: list[ft.Control] = [name, caption(name_of(session, zone["collector"]))]
    actions: list[ft.Control] = []
    if can_be_changed(zone):
        change = ft.TextButton(t("Change"), on_click=calling(zoning.change, zone), height=TOUCH_TARGET)
        actions.append(tag(f"zone-change-{code}", change))
    remove = calling(run, partial(zoning.remove, code=code), session)
    actions.append(icon_action(f"zone-remove-{code}", ft.Icons.DELETE_OUTLINE, t("Remove the zone"), remove))
    trailing = ft.Row(actions, spacing=0, tight=True)
    return tag(f"zone-{code}", card(beside(words, trailing, narrow=False), padding=12))
