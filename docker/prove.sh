#!/usr/bin/env bash
# Builds the image and tests it with PostgreSQL, one migration and two nodes: one node takes a job and the other shows it,
# and a stop loses no job. Removes all containers that it started, and no others: its compose project is longhaul-prove. The
# stack of compose.yml has the same ports, so stop it first. Uses compose.yml if the compose plugin is installed, else the
# same settings with plain docker.
#   docker/prove.sh [--no-build]        READY_SECONDS=90: how long a node may take to be ready
set -euo pipefail
cd "$(dirname "$0")/.."
password=${POSTGRES_PASSWORD:-change-me}
export POSTGRES_PASSWORD=$password

say() { printf '%s\n' "$*"; }
fail() { say "FAILED: $*"; exit 1; }
has_compose() { docker compose version >/dev/null 2>&1; }
compose() { docker compose -p longhaul-prove -f docker/compose.yml "$@"; }
container() { has_compose && echo "longhaul-prove-$1-1" || echo "longhaul-prove-$1"; }

plain() { # name, then docker's own words: the settings of compose.yml's nodes
  local name=$1; shift
  docker run -d --name "longhaul-prove-$name" --network longhaul-prove --network-alias "$name" --read-only --tmpfs /tmp:exec --cap-drop ALL \
    --security-opt no-new-privileges:true -e DATABASE_URL=postgres://longhaul@longhaul-prove-postgres:5432/longhaul \
    -e DATABASE_PASSWORD="$password" -e LONGHAUL_NODE="$name" -e LONGHAUL_AUTH=none -e LONGHAUL_INSECURE=true \
    -e LONGHAUL_ADMIN_BIND=0.0.0.0 -e LONGHAUL_ALLOWED_HOSTS=node-1,node-2 -e LONGHAUL_TOOLS=/tools -v "$PWD/docker/tools:/tools:ro" "$@" >/dev/null
}

up() {
  if has_compose; then
    compose up -d
    return
  fi
  say "without the compose plugin: plain docker, same settings"
  docker network create longhaul-prove >/dev/null
  docker run -d --name longhaul-prove-postgres --network longhaul-prove -e POSTGRES_USER=longhaul -e POSTGRES_DB=longhaul \
    -e POSTGRES_PASSWORD="$password" postgres:18 >/dev/null
  until docker exec longhaul-prove-postgres pg_isready -q -h 127.0.0.1 -U longhaul; do sleep 1; done
  plain migrate longhaul db migrate config.yml
  [ "$(docker wait longhaul-prove-migrate)" = 0 ] || fail "migrate: $(docker logs longhaul-prove-migrate 2>&1)"
  plain node-1 -p 127.0.0.1:8080:8080 longhaul
  plain node-2 -p 127.0.0.1:8082:8080 longhaul
}

down() {
  docker rm -f longhaul-prove-keys >/dev/null 2>&1 || true
  if has_compose; then
    compose down -v >/dev/null 2>&1 || true
  else
    docker rm -f longhaul-prove-{node-1,node-2,migrate,postgres} >/dev/null 2>&1 || true
    docker network rm longhaul-prove >/dev/null 2>&1 || true
  fi
}

await_ready() { # port
  for _ in $(seq "${READY_SECONDS:-90}"); do
    curl -sf "http://127.0.0.1:$1/readyz" >/dev/null && return
    sleep 1
  done
  fail "the node on port $1 is not ready: $(curl -s "http://127.0.0.1:$1/readyz")"
}

field() { grep -o "\"$1\" *: *\"[^\"]*\"" | head -1 | sed 's/.*"\([^"]*\)"$/\1/'; }

await_job() { # port, id
  for _ in $(seq 60); do
    status=$(curl -sf "http://127.0.0.1:$1/v1/jobs/$2" | field status)
    [ "$status" = completed ] && return
    sleep 1
  done
  fail "job $2 is $status"
}

submit() { # port, body
  curl -sf "http://127.0.0.1:$1/v1/jobs" -H 'Content-Type: application/json' -d "$2" | field job_id
}

scrape() { # container, node: asks the node's admin port from the container, as a Prometheus on the network does
  docker exec "$(container "$1")" bash -c 'exec 3<>"/dev/tcp/$0/8081" && printf "GET /prometheus HTTP/1.0\r\nHost: $0:8081\r\n\r\n" >&3 && cat <&3' "$2"
}

with_keys() { # a third node, which asks for keys as the image does unless told otherwise
  local network=longhaul-prove host=longhaul-prove-postgres key job
  if has_compose; then network=longhaul-prove_default host=postgres; fi
  docker run -d --name longhaul-prove-keys --network "$network" --read-only --tmpfs /tmp:exec -p 127.0.0.1:8084:8080 \
    -e "DATABASE_URL=postgres://longhaul@$host:5432/longhaul" -e DATABASE_PASSWORD="$password" -e LONGHAUL_NODE=keys longhaul >/dev/null
  await_ready 8084
  [ "$(curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:8084/v1/jobs)" = 401 ] || fail "a node with keys answers without one"
  key=$(docker exec longhaul-prove-keys java -jar app.jar key create --name prove config.yml | grep -o 'lh_[A-Za-z0-9_-]*' | head -1)
  job=$(curl -sf http://127.0.0.1:8084/v1/jobs -H "Authorization: Bearer $key" -H 'Content-Type: application/json' -d '{"tool":"ping"}' | field job_id)
  await_job 8082 "$job"
}

trap down EXIT
down
[ "${1:-}" = --no-build ] || docker build --network host -q -f docker/Dockerfile -t longhaul . >/dev/null
say "image: $(docker image inspect -f '{{.Size}}' longhaul | awk '{print int($1/1048576)}') MB"
[ "$(docker run --rm --entrypoint id longhaul -u)" = 10001 ] || fail "the image runs as root"
up
await_ready 8080
await_ready 8082
job=$(submit 8080 '{"tool":"echo","params":{"from":"node-1"}}')
await_job 8082 "$job"
hello=$(submit 8080 '{"tool":"hello","params":{"who":"prove"}}')
await_job 8082 "$hello"
say "a tool of docker/tools runs"
for pair in "node-1 node-2" "node-2 node-1"; do
  # shellcheck disable=SC2086
  metrics=$(scrape $pair) && grep -q '^jvm_' <<<"$metrics" || fail "${pair#* } is not scraped: ${metrics:0:300}"
done
say "both nodes are scraped from another container"
with_keys
say "a node with keys takes a job with the first key, and none without"
say "a job taken by one node is read from the other"
for _ in $(seq 30); do
  [ "$(docker inspect -f '{{.State.Health.Status}}' "$(container node-1)")" = healthy ] && break
  sleep 1
done
[ "$(docker inspect -f '{{.State.Health.Status}}' "$(container node-1)")" = healthy ] || fail "not healthy"
say "docker says healthy"
docker exec "$(container node-1)" java -jar app.jar schema verify config.yml || fail "drift"
docker exec "$(container node-1)" java -jar app.jar db migrate config.yml || fail "migrate again"
slow=$(submit 8080 '{"tool":"sleep","params":{"seconds":8}}')
docker stop -t 60 "$(container node-1)" >/dev/null
code=$(docker inspect -f '{{.State.ExitCode}}' "$(container node-1)")
[ "$code" = 0 ] || [ "$code" = 143 ] || fail "node-1 ended with $code"
await_job 8082 "$slow"
say "a node stopped in the middle of a job lost nothing"
say PROVED
