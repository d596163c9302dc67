"""Front ends: what keeps pages live."""
