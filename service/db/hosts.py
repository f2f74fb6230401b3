"""The hosts of an address that names several."""

from itertools import cycle, islice

from sqlalchemy import make_url

PREFER_STANDBY = "prefer-standby"


def addresses_of_hosts(url: str) -> list[str]:
    """Return an address for each host that `url` names, in its order.

    `prefer-standby` chooses among several and is left out; what else a server should be is still asked of each.
    """
    whole = make_url(url)
    if whole.query.get("target_session_attrs") == PREFER_STANDBY:
        whole = whole.difference_update_query(["target_session_attrs"])
    hosts = str(whole.query.get("host", "")).split(",")
    ports = str(whole.query.get("port", "")).split(",")
    if len(hosts) > 1:
        each = zip(hosts, islice(cycle(ports), len(hosts)), strict=True)
        urls = [whole.update_query_dict({"host": host, **({"port": port} if port else {})}) for host, port in each]
    else:
        urls = [whole]
    return [one.render_as_string(hide_password=False) for one in urls]
