#!/bin/sh
# Node peers for tests/conformance and bench: PouchDB, nano and pouchdb-server, into build/peers.
# Never fails the build: without Node or the registry those tests and figures are skipped, and say so.
set -u
cd "$(dirname "$0")/../.." || exit 1
if ! command -v npm >/dev/null 2>&1; then
    echo "Node peers: npm is missing (Debian: apt-get install nodejs npm); their tests and figures are skipped"
    exit 0
fi

unreachable=
# Client and server have a folder each: either pins its own generation of the pouchdb packages.
install_into() {
    folder="build/peers/$1"
    shift
    [ -f "$folder/.installed" ] && return
    [ -n "$unreachable" ] && return
    mkdir -p "$folder" && echo '{"private": true}' >"$folder/package.json"
    # Few and short attempts: who has no registry should not wait for minutes to be told so.
    if (cd "$folder" && npm install --no-audit --no-fund --fetch-retries 1 --fetch-retry-maxtimeout 5000 \
        --fetch-timeout 60000 "$@" >install.log 2>&1); then
        touch "$folder/.installed"
    else
        unreachable=yes
        echo "Node peers: npm could not install them (see $folder/install.log); their tests and figures are skipped"
    fi
}

install_into client pouchdb@9.0.0 pouchdb-adapter-memory@9.0.0 pouchdb-adapter-leveldb@9.0.0 pouchdb-find@9.0.0 nano@11
install_into server --omit=optional pouchdb-server@4.2.0

# Without this, one bad request ends pouchdb-server on Node 15 and later.
mkdir -p build/peers/server && cat >build/peers/server/guard.cjs <<'JS'
process.on('unhandledRejection', () => {});
process.on('uncaughtException', () => {});
JS
exit 0
