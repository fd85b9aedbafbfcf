"""Rooms, messages, presence."""
