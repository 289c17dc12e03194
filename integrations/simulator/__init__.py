"""A stand-in Odoo server over HTTP, for the demo and the tests.

An independent program: it knows nothing of the rest of the project and nothing knows it but tests
and the launcher. ``python -m integrations.simulator --help`` starts it by hand.
"""

from integrations.simulator.server import SimulatedOdoo
from integrations.simulator.world import World

__all__ = ["SimulatedOdoo", "World"]
