import threading

from organization.hashers import PepperedArgon2Hasher


class CountingHasher(PepperedArgon2Hasher):
    """The real hasher at its cheapest, and it counts: a guess is a hash computed, whatever the answer said."""

    time_cost = 1
    memory_cost = 8

    _lock = threading.Lock()
    hashes = 0

    def encode(self, password: str, salt: str) -> str:
        with self._lock:
            type(self).hashes += 1
        return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with self._lock:
            type(self).hashes += 1
        return super().verify(password, encoded)


FAST_HASHER = ["organization.tests.fakes.CountingHasher"]
