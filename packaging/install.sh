#!/usr/bin/env bash
# Installs Longhaul as Debian's packages do:
#
#   packaging/install.sh app.jar [DESTDIR]
#
# /usr/bin/longhaul       the command, which the units start, too
# /usr/share/longhaul     the jar and wait-ready
# /etc/longhaul           config.yml; migrate.env for the login that changes the schema
# /etc/default/longhaul   settings of this machine
# /lib/systemd/system     the units
# /var/lib/longhaul       data of an embedded PostgreSQL
#
# Files in /etc that are there already stay as they are. Without DESTDIR it makes the user longhaul if there is none.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
jar=${1:?name the jar: packaging/install.sh app.jar}
root=${2:-}
[ -f "$jar" ] || { echo "There is no $jar: build it with mvn package." >&2; exit 1; }
if [ -z "$root" ]; then
  for program in systemctl useradd setpriv awk; do
    command -v "$program" >/dev/null || { echo "There is no $program here, which the service needs." >&2; exit 1; }
  done
fi

keep() { # MODE FROM TO: does not overwrite
  [ -e "$3" ] && { echo "$3 stays as it is."; return; }
  install -D -m "$1" "$2" "$3"
}

install -D -m 644 "$jar" "$root/usr/share/longhaul/app.jar"
install -D -m 755 "$here/longhaul" "$root/usr/bin/longhaul"
install -D -m 755 "$here/wait-ready" "$root/usr/share/longhaul/wait-ready"
install -D -m 644 "$here/longhaul.service" "$root/lib/systemd/system/longhaul.service"
install -D -m 644 "$here/longhaul-migrate.service" "$root/lib/systemd/system/longhaul-migrate.service"
keep 644 "$here/../config.yml" "$root/etc/longhaul/config.yml"
keep 640 "$here/longhaul.default" "$root/etc/default/longhaul"
[ -n "$root" ] && exit
getent passwd longhaul >/dev/null || useradd --system --home-dir /var/lib/longhaul --shell /usr/sbin/nologin longhaul
chgrp longhaul /etc/default/longhaul
chmod 640 /etc/default/longhaul
install -d -o longhaul -g longhaul -m 700 /var/lib/longhaul /var/cache/longhaul
systemctl daemon-reload
# The units do not see the variables of this shell.
set_there() { sed -n "s/^$1=[\"']\{0,1\}\([^\"']*\).*/\1/p" /etc/default/longhaul | tail -n 1; }
env -u LONGHAUL_JAVA_OPTS PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LONGHAUL_JAVA="$(set_there LONGHAUL_JAVA)" \
  JAVA_HOME="$(set_there JAVA_HOME)" LONGHAUL_JAR="$jar" "$here/longhaul" --version >/dev/null ||
  { echo "Installed, but the units find no Java: name one with LONGHAUL_JAVA in /etc/default/longhaul." >&2; exit 2; }
echo "Set DATABASE_URL in /etc/default/longhaul, then: systemctl enable --now longhaul"
