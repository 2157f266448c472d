from tests.support.isolation import visitors, world
from tests.support.private_mariadb import server
from tests.support.second_site import second_site
from tests.support.site import baseline, bench, connection, site, site_name

__all__ = ["baseline", "bench", "connection", "second_site", "server", "site", "site_name", "visitors", "world"]
