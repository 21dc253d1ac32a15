"""The kill matrix: a real site under load, its parts killed, stopped and cut off from one another
at seeded instants, and everything that it then says held against a recomputation.

    plan.py       which faults a seed means, and when
    site.py       the site: Redis behind a network that can fail, a database, every role
    network.py    that network
    faults.py     does the faults
    sources.py    three sources, in a process of their own
    screens.py    cheap screens, and one that is drawn by Chromium
    recompute.py  the archive folded anew, and the slow recomputation
    checks.py     what must be true afterwards
    matrix.py     one seed from its beginning to its end
"""
