"""A bus of StarModel by NATS."""

from starmodel_nats.bus import NatsBus

__all__ = ["NatsBus"]
