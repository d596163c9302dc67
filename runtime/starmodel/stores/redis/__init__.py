"""Entities in Redis or Valkey, as JSON documents."""
