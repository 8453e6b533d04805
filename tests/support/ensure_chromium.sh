#!/bin/sh
# Chromium for the browser tests: the system's; installed when we are root, otherwise those tests skip.
command -v chromium >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing chromium for the browser tests"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; } >/dev/null 2>&1 \
        || echo "chromium could not be installed: the browser tests will be skipped"
else
    echo "chromium is missing (Debian: apt-get install chromium): the browser tests will be skipped"
fi
exit 0
