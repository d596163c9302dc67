"""Commands that run operations of an app in this process: `call`, `mcp`."""
