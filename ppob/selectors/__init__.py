"""Reads of the back office, each already narrowed to who looks."""
