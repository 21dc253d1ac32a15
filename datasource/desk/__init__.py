"""The role `desk`: accounts, sessions, devices, keys, audit, queues, commands.

It alone writes their tables.
"""
