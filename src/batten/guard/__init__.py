"""The resident that makes `deploy.restart_policy` true on a plain engine.

Nothing is imported here: the resident has 40 MB for everything, and explaining needs more.
"""
