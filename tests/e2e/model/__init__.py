"""A slow, obvious model of the service, and random sequences that hold the emulator against it.

Written from the public facts about Tablestore, never from the emulator's code, so that the two do not share mistakes. A request is a
dict in both: messages.py makes the bytes for the emulator, service.py answers it in Python, play.py compares.
"""
