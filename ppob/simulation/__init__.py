"""Plays the world outside: agents who sell, the core that reports it, billers with their next day's file. From a seed."""
