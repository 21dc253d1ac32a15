"""The parts of a meeting's pages (cockpit/domain/meeting.py says what is on them)."""
