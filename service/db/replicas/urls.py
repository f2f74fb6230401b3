"""Database URLs with several hosts."""

from itertools import cycle, islice

from sqlalchemy import URL, make_url

PREFER_STANDBY = "prefer-standby"


def host_urls(url: str) -> list[str]:
    """Return one URL for each host that `url` lists, in the same order.

    The URLs keep the query parameters of `url`, except for `target_session_attrs=prefer-standby`, which applies only to
    several hosts.
    """
    whole = make_url(url)
    if whole.query.get("target_session_attrs") == PREFER_STANDBY:
        whole = whole.difference_update_query(["target_session_attrs"])
    several = _hosts_and_ports(whole)
    urls = [whole.update_query_dict({"host": host, **({"port": port} if port else {})}) for host, port in several]
    if len(urls) < 2:
        urls = [whole]
    return [one.render_as_string(hide_password=False) for one in urls]


def host_label(url: URL) -> str:
    """Return the hosts and ports of a URL, by which error messages and metrics name a server."""
    alone = [(url.host, str(url.port or ""))] if url.host else _hosts_and_ports(url)
    return ",".join(f"{host}:{port}" if port else host for host, port in alone)


def _hosts_and_ports(url: URL) -> list[tuple[str, str]]:
    """Return the hosts in the query of the URL, each with its port; the port is empty where there is none."""
    hosts = str(url.query.get("host", "")).split(",")
    ports = str(url.query.get("port", "")).split(",")
    return list(zip(hosts, islice(cycle(ports), len(hosts)), strict=True))
