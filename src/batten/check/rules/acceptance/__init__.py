"""Findings that somebody accepted."""
