#!/usr/bin/env bash
# Runs docker-compose.yml for real: needs a Docker engine with compose, curl, and the images of build.sh, which go into
# the engine first. Everything of it is named tradeflows-smoke and is gone afterwards.
set -eu
cd "$(dirname "$0")/../../.."
export STORAGE_DRIVER=${STORAGE_DRIVER:-vfs}
export POSTGRES_IMAGE=localhost/postgres-stand-in NGINX_IMAGE=localhost/nginx-stand-in
export PORT=${PORT:-$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')}
address=http://127.0.0.1:$PORT
question="$address/v1/flows?reporter=JPN&partner=CHN&flow=X&period=2024-01"
folder=$(mktemp -d)
compose() { docker compose --project-name tradeflows-smoke "$@"; }
trap 'status=$?; [ $status = 0 ] || compose logs --tail 20; compose down --volumes >/dev/null 2>&1; rm -rf "$folder"' EXIT

fail() { echo "compose: $1"; exit 1; }
answers() { case $(curl -sf "$question") in *'"yoy_pct":29.2195'*) ;; *) return 1;; esac; }
says() { [ "$(curl -s -o /dev/null -w '%{http_code}' "$2")" = "$1" ]; }
refused() { ! compose exec -T "$@" >/dev/null 2>&1 || fail "$1 may: ${*:2}"; }
within() { for _ in $(seq "$1"); do ! "${@:2}" || return 0; sleep 0.5; done; return 1; }

for image in tradeflows postgres-stand-in nginx-stand-in; do
  buildah push --quiet "localhost/$image" "docker-archive:$folder/$image.tar:localhost/$image:latest"
  docker load --quiet --input "$folder/$image.tar"
done
docker tag localhost/tradeflows tradeflows
sh deploy/make-secrets

compose up --detach --no-build --wait || fail "it did not come up"
answers || fail "it does not answer as it should"
says 404 "$address/ready" || fail "/ready is reached from outside"

for each in database service nginx; do
  refused "$each" touch /usr/new
  compose exec -T "$each" cat /proc/1/status >"$folder/status"
  grep -q '^CapBnd:.0*$' "$folder/status" || fail "$each has capabilities"
  grep -q '^NoNewPrivs:.1$' "$folder/status" || fail "$each may gain privileges"
  ! grep -q '^Uid:.0' "$folder/status" || fail "$each runs as root"
done
refused nginx getent hosts database
refused service python3 -c 'import socket; socket.create_connection(("192.0.2.1", 80), 2)'
[ "$(docker ps --filter name=tradeflows-smoke --format '{{.Ports}}' | grep -c 127.0.0.1)" = 1 ] || fail "more than nginx is published"

compose kill --signal KILL database >/dev/null 2>&1
within 20 says 503 "$question" || fail "without its database it does not say 503"
compose up --detach --no-build --wait >/dev/null 2>&1 || true
within 40 answers || fail "it does not answer after its database came back"

compose restart service >/dev/null 2>&1
within 60 answers || fail "nginx does not find the service after it was restarted"
echo "compose: passed"
