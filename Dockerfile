# Any base with Python 3.11 or newer and a Debian-like userland; see "What was checked" in the README.
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
WORKDIR /build
COPY requirements.lock ./
# What builds the wheel is locked too: without isolation pip fetches nothing that has no hash.
RUN python3 -m venv /opt/tradeflows \
 && /opt/tradeflows/bin/python -m pip install --no-cache-dir --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY service service
COPY alembic alembic
RUN /opt/tradeflows/bin/python -m pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /build/wheel . \
 && /opt/tradeflows/bin/python -m pip install --no-cache-dir --no-deps /build/wheel/*.whl

FROM ${BASE}
COPY --from=build /opt/tradeflows /opt/tradeflows
ENV PATH=/opt/tradeflows/bin:$PATH \
    PYTHONUNBUFFERED=1
USER 10001:10001
EXPOSE 8000
# Of the process alone: who restarts the unhealthy must not restart this one because its database is away.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["python3", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/live', timeout=2)"]
CMD ["tradeflows", "serve", "--bind", "0.0.0.0:8000"]
