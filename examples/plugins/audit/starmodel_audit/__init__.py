"""An audit log for apps of StarModel: who did what, and when."""

from starmodel_audit.log import AuditLog

__all__ = ["AuditLog"]
