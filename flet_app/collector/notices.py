"""Android's leave to show a notice, without which nobody sees that positions are being recorded."""

from __future__ import annotations

import logging

import flet as ft
import flet_permission_handler as permissions

log = logging.getLogger(__name__)


async def allow_notices(page: ft.Page) -> None:
    """Let Android ask for it (13 and newer do); a no changes nothing else, and elsewhere nothing is asked."""
    if page.web or page.platform is not ft.PagePlatform.ANDROID:
        return
    try:
        await permissions.PermissionHandler().request(permissions.Permission.NOTIFICATION)
    except Exception as error:
        log.info("no leave for notices: %s", type(error).__name__)
