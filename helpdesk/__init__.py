"""Problems that store staff report, their handling, deadlines and monthly recap."""
