"""The process that takes what containers write: the standard library, and nothing that waits."""
