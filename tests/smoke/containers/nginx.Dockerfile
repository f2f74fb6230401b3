# Stands in for the image of nginx where no registry is reached: Debian's.
ARG BASE=localhost/debian-python

FROM ${BASE}
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends nginx-light curl && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 101 nginx
