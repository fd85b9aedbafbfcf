"""What the core server calls: it states what was sold, asks for holds, fetches questions. Signed, each call once."""
