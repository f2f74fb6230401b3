# Any base with Python 3.11 or newer and a Debian-like userland: docs/how-to/docker-compose.md builds it from a plain Debian.
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
WORKDIR /build
COPY requirements.lock ./
# The build backend is locked as well: without build isolation pip installs nothing without a hash. The secret `pip` is a
# pip.conf for a package mirror, which does not become a part of the image.
RUN --mount=type=secret,id=pip,target=/etc/pip.conf \
    python3 -m venv /opt/tradeflows \
 && /opt/tradeflows/bin/python -m pip install --no-cache-dir --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY service service
COPY tradeflows tradeflows
COPY alembic alembic
COPY openapi/v1.json openapi/v1.json
RUN /opt/tradeflows/bin/python -m pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /build/wheel . \
 && /opt/tradeflows/bin/python -m pip install --no-cache-dir --no-deps /build/wheel/*.whl

FROM ${BASE}
# The embedded PostgreSQL requires an account with a name.
RUN useradd --uid 10001 --user-group --home-dir /var/lib/tradeflows --create-home tradeflows
COPY --from=build /opt/tradeflows /opt/tradeflows
ENV PATH=/opt/tradeflows/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    TRADEFLOWS_HOME=/var/lib/tradeflows
USER 10001:10001
VOLUME /var/lib/tradeflows
EXPOSE 8000
# Liveness only: an unavailable database must not restart the container.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["python3", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/live', timeout=2)"]
CMD ["tradeflows", "serve", "--bind", "0.0.0.0:8000"]
