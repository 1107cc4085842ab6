#!/usr/bin/env bash
# Brings a release into service step by step; the exit code of each step decides whether the next one runs.
#
#   docker/release.sh NEW.jar OLD.jar config.yml VERSION
#
# RESTART     your command that puts the new jar where the nodes start it, restarts all nodes one by one, and ends when all of
#             them are ready again, such as "install -m 644 NEW.jar /usr/share/longhaul/app.jar && systemctl restart longhaul"
# SMOKE_URL   the address of a node, such as http://127.0.0.1:8080
# SMOKE_KEY   a key that may submit, if the server asks for keys: java -jar OLD.jar key create --name release config.yml
# JAVA        java by default
# SMOKE_SECONDS, NODES_SECONDS   how long the smoke job may take (30), and old nodes to end (60): longer than they drain
#
# Exits 0 when the release is in service. Otherwise the exit code names the step that failed: 10 preflight, 20 tag,
# 30 migrate, 40 verify, 50 restart, 60 smoke or 70 nodes. The script prints the cure; docs/rollback.md has the whole table. If you
# start it again, it goes on where it stopped. 64: it was called wrongly.
set -uo pipefail

usage() { sed -n '2,/^set /{/^#/p}' "$0" | sed 's/^# \{0,1\}//' >&2; printf '\n%s\n' "$1" >&2; exit 64; }
[ $# = 4 ] || usage "Four words are needed, not $#."
[ -n "${RESTART:-}" ] || usage "Set RESTART."
[ -n "${SMOKE_URL:-}" ] || usage "Set SMOKE_URL."
new=$1 old=$2 config=$3 version=$4
java=${JAVA:-java}
tag=before-$version

# With the key, which curl reads from a pipe: the arguments of a process are for everybody to see.
ask() {
  if [ -n "${SMOKE_KEY:-}" ]; then
    curl -sS -m 20 -K <(printf 'header = "Authorization: Bearer %s"\n' "$SMOKE_KEY") "$@"
  else
    curl -sS -m 20 "$@"
  fi
}

smoke() { ask "$SMOKE_URL/v1/jobs" -H 'Content-Type: application/json' -d '{"tool":"ping"}' "$@"; }
say() { printf '%s\n' "release: $*" >&2; }
longhaul() { local jar=$1; shift; "$java" -jar "$jar" "$@"; }

refuse() { # exit code, what happened, what to do
  say "$2"
  say "next: $3"
  exit "$1"
}

say "1 preflight: the database answers, nobody migrates, the schema is what the old release makes"
for jar in "$new" "$old"; do
  [ -f "$jar" ] || refuse 10 "there is no $jar" "name the jars of the new and of the running release"
done
# Before anything is changed: a smoke job that the server refuses says nothing of the release. A server that is away or
# unready refuses none.
probe=$(smoke -w '\n%{http_code}' 2>/dev/null)
case ${probe##*$'\n'} in
  401) refuse 10 "$SMOKE_URL asks for a key${SMOKE_KEY:+, and SMOKE_KEY is none of its keys}" \
    "set SMOKE_KEY to the key that this prints: $java -jar $old key create --name release $config" ;;
  403) refuse 10 "the key in SMOKE_KEY may not submit a ping" \
    "set SMOKE_KEY to the key that this prints: $java -jar $old key create --name release $config" ;;
  4??) refuse 10 "$SMOKE_URL does not take the smoke job: ${probe%$'\n'*}" "do what the answer says" ;;
esac
longhaul "$new" check "$config" >/dev/null || refuse 10 "the new release does not take the configuration" "mend $config"
locks=$(longhaul "$new" db locks --list "$config") || refuse 10 "the database cannot be asked" "see the line above"
case $locks in
  *"No migration is running"*) ;;
  *) refuse 10 "a migration is running: $locks" "wait for it" ;;
esac
begun=
verified=$(longhaul "$old" schema verify "$config")
differs=$?
case $verified in
  *"Applied by a newer release"*) begun=yes ;;
  *)
    if [ "$differs" != 0 ]; then
      printf '%s\n' "$verified" >&2
      refuse 10 "the schema is not what the running release makes" "run the repairs above, or release what made them"
    fi
    ;;
esac

if [ -n "$begun" ]; then
  # Setting the tag again would lose the place to roll back to.
  say "2 tag: this release was begun before, its tag is set"
else
  say "2 tag $tag"
  longhaul "$old" db tag "$config" "$tag" || refuse 20 "the tag could not be set" "nothing was changed: cure the line above and start again"
fi

say "3 migrate"
longhaul "$new" db migrate "$config" ||
  refuse 30 "the migration stopped" "each step is whole or undone: cure the line above and start again, or go back with: $java -jar $new db rollback -t $tag $config"

say "4 verify: equal for the new release, compatible for the old one that still serves"
longhaul "$new" schema verify "$config" ||
  refuse 40 "the schema is not what the new release makes" "run the repairs above, or go back with: $java -jar $new db rollback -t $tag $config"
longhaul "$old" schema verify --compatible "$config" ||
  refuse 40 "the running release cannot serve on the new schema" "go back at once with: $java -jar $new db rollback -t $tag $config"

say "5 restart: $RESTART"
bash -c "$RESTART" ||
  refuse 50 "the nodes did not all come back" "put the old jar back; it runs on this schema, leave that as it is"

say "6 smoke: one job through $SMOKE_URL"
answer=$(smoke)
job=$(printf '%s' "$answer" | sed -n 's/.*"job_id" *: *"\([^"]*\)".*/\1/p')
status=refused
for _ in $(seq "${SMOKE_SECONDS:-30}"); do
  [ -n "$job" ] || break
  status=$(ask "$SMOKE_URL/v1/jobs/$job" | sed -n 's/.*"status" *: *"\([^"]*\)".*/\1/p')
  [ "$status" = completed ] && break
  sleep 1
done
[ "$status" = completed ] ||
  refuse 60 "the job is $status: $answer" "put the old jar back; it runs on this schema, leave that as it is"

# Nodes that began before the restart and were killed count as alive for up to half a minute more, and those that drain until
# they end. A node with jobs and without slots drains; one without either may be a node that runs no jobs.
say "7 nodes: all of them run the release of $new"
release=$(longhaul "$new" --version | head -1)
for _ in $(seq "${NODES_SECONDS:-60}"); do
  nodes=$(ask "$SMOKE_URL/v1/nodes" 2>&1)
  # A line for each node that is alive; workers elsewhere have no slots, and versions of their own.
  alive=$(printf '%s' "$nodes" | tr -d '\n' | tr '{' '\n' | grep '"status" *: *"alive"' | grep '"slots" *: *[0-9]' |
    sed '/"running" *: *[1-9]/{/"slots" *: *0/d;}')
  others=$(printf '%s' "$alive" | grep -v "\"version\" *: *\"${release//./\\.}\"" | sed 's/.*"name" *: *"\([^"]*\)".*"version" *: *"\([^"]*\)".*/\1 runs \2/')
  [ -n "$alive" ] && [ -z "$others" ] && break
  sleep 1
done
[ -n "$alive" ] || refuse 70 "$SMOKE_URL does not say which release its nodes run: $nodes" "compare them by hand: $java -jar $new node list"
[ -z "$others" ] ||
  refuse 70 "not all nodes run $release: $(printf '%s' "$others" | paste -sd, | sed 's/,/, /g')" \
    "let RESTART put $new where these nodes start it (docs/deploy.md), or wait, if they drain (NODES_SECONDS=300, say); start again"

say "done: $version is in service. The way back is: the old jar; and only if the schema has to go, db rollback -t $tag"
