"""Reads of places and people. Every list and every object of a page starts here, already within the person's scope."""
