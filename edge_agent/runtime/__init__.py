"""Running things: time, threads, supervision, shutdown, counters, logs, systemd."""
