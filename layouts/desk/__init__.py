"""The parts of a desk: tables of what it shows, and the frames that its scripts fill."""
