#!/usr/bin/env bash
# Builds the image of the service from a plain Debian, and images that stand in for those of PostgreSQL and nginx: for
# machines that reach Debian's and Python's packages but no registry of images. As root, with buildah and mmdebstrap.
# What pip has to know of where packages come from is read from this machine's /etc/pip.conf, where there is one.
set -eu
cd "$(dirname "$0")/../../.."
export STORAGE_DRIVER=${STORAGE_DRIVER:-vfs} BUILDAH_ISOLATION=chroot BUILDAH_FORMAT=docker
here=tests/smoke/containers
options=(--volume /etc/ssl/certs:/etc/ssl/certs:ro)
[ ! -f /etc/pip.conf ] || options+=(--secret "id=pip,src=/etc/pip.conf")

if ! buildah inspect localhost/debian-python >/dev/null 2>&1; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  mmdebstrap --quiet --variant=minbase --include=python3,python3-venv,ca-certificates bookworm "$folder/debian.tar"
  container=$(buildah from scratch)
  buildah add --quiet "$container" "$folder/debian.tar" /
  buildah commit --quiet --rm "$container" localhost/debian-python
fi
buildah bud --quiet --layers "${options[@]}" --build-arg BASE=localhost/debian-python --tag localhost/tradeflows .
for name in postgres nginx; do
  buildah bud --quiet --layers --tag "localhost/$name-stand-in" --file "$here/$name.Dockerfile" "$here"
done
