"""The command line: reads what a person typed, calls a verb, shows what it answered."""
