"""Every rule: its code, name, severity, one sentence, and why it is so."""
