"""A seeded district that publishes as the real sources would.

`world.World` is pure: the same seed, scenario and first day give the same events. `runner`
plays it by the clock, with every door handed in; `redis_doors` holds the real ones.
"""
