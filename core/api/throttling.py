from rest_framework.throttling import UserRateThrottle


class PersonThrottle(UserRateThrottle):
    """Requests a minute of one person, over all tokens and sessions. While the cache is away nothing is counted:
    this protects from programs that run wild, and login has its own limits in the database."""

    scope = "person"
