"""Store visits: team structure, coverage, schedules, visits."""
