"""The database and the broker that the portal brings along: PostgreSQL and Valkey from wheels, on unix sockets.

Standard library and psycopg only, for this runs before Django is there. A server is started by its first user, shared
by every further one, and stopped when the last is gone, however it went (`guardian.py`).
"""

from portal.servers.errors import ServerError
from portal.servers.lease import Lease, ensure_running, release_all

__all__ = ["Lease", "ServerError", "ensure_running", "release_all"]
