#!/bin/sh
# Tryton for tests/contract/erp and tests/faults: a server of its own in build/tryton-venv, and a company in
# build/tryton. Never fails the build: without the package index those tests are skipped, and say so.
set -u
cd "$(dirname "$0")/../.." || exit 1
venv=build/tryton-venv
if [ ! -f "$venv/.installed" ]; then
    mkdir -p build && "${PYTHON:-python3}" -m venv "$venv"
    if "$venv/bin/pip" install --quiet --retries 1 --disable-pip-version-check \
        trytond==8.2.1 trytond-account==8.2.1 trytond-account-invoice==8.2.0 trytond-account-credit-limit==8.2.0 \
        trytond-account-product==8.2.0 trytond-company==8.2.0 trytond-country==8.2.0 trytond-currency==8.2.0 \
        trytond-party==8.2.0 trytond-product==8.2.0 >build/tryton-install.log 2>&1; then
        touch "$venv/.installed"
    else
        echo "Tryton: pip could not install it (see build/tryton-install.log); its tests are skipped"
        exit 0
    fi
fi
.venv/bin/python -m tests.support.tryton_server || echo "Tryton: no company could be made; its tests will fail"
exit 0
