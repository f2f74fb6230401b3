#!/usr/bin/env bash
# What the README promises of `make serve`: it answers, Ctrl-C stops all of it, and a second start is quick and keeps
# the data. Needs make, python3 with venv, and curl; listens on a free port.
set -eu
port=${PORT:-$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')}
mkdir -p var
home=$(mktemp -d "$PWD/var/smoke.XXXXXX") # new each time: the first start has to migrate and load
export PORT=$port TRADEFLOWS_HOME=$home
question="http://127.0.0.1:$port/v1/flows?reporter=JPN&partner=CHN&flow=X&period=2024-01"
log=$(mktemp) server=
trap '[ -z "$server" ] || kill -TERM -- "-$server" 2>/dev/null || true' EXIT # whatever fails, nothing is left running

now() { date +%s%3N; }
fail() { echo "smoke test: $1"; cat "$log"; exit 1; }

gone() { # it takes its pid file away a moment before it ends
  for _ in $(seq 40); do [ -d "/proc/$1" ] || return 0; sleep 0.05; done
  return 1
}

start() { # in a process group of its own, where Ctrl-C means something: bash has its background jobs ignore it
  setsid env --default-signal=INT make serve >"$log" 2>&1 & server=$!
  began=$(now)
  until curl -sf "http://127.0.0.1:$port/ready" >/dev/null; do
    kill -0 "$server" 2>/dev/null || fail "it ended before it was ready"
    [ $(($(now) - began)) -lt "$1" ] || fail "it was not ready within $1 ms"
    sleep 0.05
  done
  took=$(($(now) - began))
}

answers() {
  answer=$(curl -sf "$question") || fail "it did not answer $question"
  for part in '"value":1250314515000' '"yoy_pct":29.2195' '"yoy_status":"ok"'; do
    case $answer in *"$part"*) ;; *) fail "there is no $part in $answer";; esac
  done
}

stop() { # as a terminal does: make, the service and its workers are told at once
  folder=$(sed -nE 's/.*"folder": "([^"]+)".*/\1/p' "$TRADEFLOWS_HOME/place.json")
  postgres=$(head -n 1 "$folder/pgdata/postmaster.pid")
  kill -INT -- "-$server"
  status=0; wait "$server" || status=$?
  server=
  # make passes on that it was interrupted (130) whatever its recipe says; it prints *** where the recipe failed.
  [ "$status" = 0 ] || [ "$status" = 130 ] || fail "Ctrl-C ended it with status $status"
  ! grep -qF '***' "$log" || fail "Ctrl-C made the service fail"
  ! curl -s "http://127.0.0.1:$port/live" >/dev/null || fail "somebody still listens on port $port"
  [ ! -e "$folder/pgdata/postmaster.pid" ] || fail "PostgreSQL still runs in $folder"
  gone "$postgres" || fail "the process of PostgreSQL, $postgres, is still there"
}

make --silent install
start 60000; echo "smoke test: first start with migrations and demo took $took ms"; answers; stop
start 10000; echo "smoke test: second start took $took ms"; answers; stop
case $(cat "$log") in *"Requests to try"*) ;; *) fail "it printed no requests to try";; esac
rm -rf "$log" "$home"
case $folder in /var/lib/tradeflows/server-*/*) rm -rf "${folder%/*}";; esac # root's data may lie there: service/db/embedded/data_directory.py
echo "smoke test: passed"
