#!/bin/sh
# PostgreSQL and MariaDB for the tests of the SQL connector: the system's; installed when we are root, otherwise
# those tests skip. Only the programs: the tests start servers of their own in a temporary directory.
missing=""
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="postgresql"
for program in /usr/sbin/mariadbd /usr/bin/mariadb-install-db /usr/bin/my_print_defaults; do
    [ -x "$program" ] || missing="$missing mariadb-server"
done
missing=$(printf '%s\n' $missing | sort -u)
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing$(printf ' %s' $missing) for the tests of the SQL connector"
    # No server of the system's own is wanted, and none may take a port.
    mkdir -p /etc/postgresql-common && grep -qs create_main_cluster /etc/postgresql-common/createcluster.conf \
        || echo "create_main_cluster = false" >> /etc/postgresql-common/createcluster.conf
    # shellcheck disable=SC2086
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; } \
        >/dev/null 2>&1 || echo "they could not be installed: the tests on PostgreSQL and MariaDB will be skipped"
else
    echo "PostgreSQL or MariaDB is missing (Debian: apt-get install$(printf ' %s' $missing)): their tests will be skipped"
fi
exit 0
