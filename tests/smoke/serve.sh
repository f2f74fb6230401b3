#!/usr/bin/env bash
# What the README promises of `make serve`: it answers, Ctrl-C stops all of it, and a second start is quick and keeps
# the data. Needs make, python3 with venv, and curl; listens on a free port.
set -eu
port=${PORT:-$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')}
export PORT=$port TRADEFLOWS_HOME=${TRADEFLOWS_HOME:-$PWD/var/smoke}
question="http://127.0.0.1:$port/v1/flows?reporter=JPN&partner=CHN&flow=X&period=2024-01"
log=$(mktemp)

now() { date +%s%3N; }
fail() { echo "smoke test: $1"; cat "$log"; exit 1; }

start() { # in a process group of its own, as a terminal would: Ctrl-C reaches the whole group
  setsid make serve >"$log" 2>&1 & server=$!
  began=$(now)
  until curl -sf "http://127.0.0.1:$port/ready" >/dev/null; do
    kill -0 "$server" 2>/dev/null || fail "it ended before it was ready"
    [ $(($(now) - began)) -lt "$1" ] || fail "it was not ready within $1 ms"
    sleep 0.05
  done
  took=$(($(now) - began))
}

answers() {
  answer=$(curl -sf "$question")
  for part in '"value":1250314515000' '"yoy_pct":29.2' '"yoy_status":"ok"'; do
    case $answer in *"$part"*) ;; *) fail "there is no $part in $answer";; esac
  done
}

stop() {
  kill -INT -- "-$server"
  wait "$server" || fail "Ctrl-C ended it with status $?"
  ! curl -s "http://127.0.0.1:$port/live" >/dev/null || fail "somebody still listens on port $port"
  folder=$(sed -nE 's/.*"folder": "([^"]+)".*/\1/p' "$TRADEFLOWS_HOME/place.json")
  [ ! -e "$folder/pgdata/postmaster.pid" ] || fail "PostgreSQL still runs in $folder"
}

make --silent install
start 60000; echo "smoke test: first start with migrations and demo took $took ms"; answers; stop
start 10000; echo "smoke test: second start took $took ms (promised: under 3000)"; answers; stop
case $(cat "$log") in *"three requests to try"*) ;; *) fail "it printed no requests to try";; esac
echo "smoke test: passed"
