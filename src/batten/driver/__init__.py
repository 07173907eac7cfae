"""The `loki` log driver: an engine plugin that never blocks a container and never loses a line.

It runs alone in the plugin's root file system and imports nothing else of Batten.
"""
