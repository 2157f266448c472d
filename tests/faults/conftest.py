from tests.support.site import baseline, bench, connection, site, site_name

__all__ = ["baseline", "bench", "connection", "site", "site_name"]
