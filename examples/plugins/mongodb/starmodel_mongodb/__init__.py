"""Entities of StarModel in MongoDB."""

from starmodel_mongodb.store import MongoStore

__all__ = ["MongoStore"]
