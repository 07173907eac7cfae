"""What a person reads: tables, progress, errors. Only here is anything coloured."""
