"""What operators see of a running app: probes, metrics, traces, logs."""
