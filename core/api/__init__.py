"""The API's common ground: tokens or the portal's session, one error shape, keyset pages, JSON only."""
