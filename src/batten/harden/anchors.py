"""What many services of the overlay share: said once, with its reasons."""

RESTART = """
# A plain engine takes condition and max_attempts from here; Swarm keeps delay and window, too.
x-restart: &restart
  # batten: accept clean-exit-stays-down: `batten up` starts it after a reboot
  condition: on-failure
  # batten: accept restart-delay-ignored: Swarm keeps them, a plain engine restarts at once
  delay: 5s
  # batten: accept attempts-used-up-too-soon: after five crashes in a row somebody has to look
  max_attempts: 5
  window: 120s
"""

LOKI = """
# Logs of every service but those that carry logs, which would log to themselves. Each service adds
# its labels.
x-loki: &loki
  # batten: accept service-name-in-loki-url: Batten's `loki` driver finds it; Grafana's wants LOKI_URL
  loki-url: ${{LOKI_URL:-{url}}}
  loki-batch-size: "102400" # bytes: about 400 lines a push
  loki-retries: "3"
  # batten: accept blocking-loki-driver: Batten's driver waits for its disk alone, and loses no line
  mode: blocking # the engine drops lines of a busy service in the other one
  max-size: 10m # the copy on this host, for `docker logs`
  max-file: "3"
  keep-file: "true" # also when the container has stopped: that is when it is read
"""

JSON_FILE = """
# Logs that stay on this host, and never fill it.
x-json-file: &json-file
  driver: json-file
  options:
    max-size: 10m
    max-file: "3"
"""

NO_NEW_PRIVILEGES = """
# No process of a service can gain rights that its container did not start with.
x-no-new-privileges: &no-new-privileges
  - no-new-privileges:true
"""

USES = {
    "x-restart": "*restart",
    "x-loki": "*loki",
    "x-json-file": "*json-file",
    "x-no-new-privileges": "*no-new-privileges",
}
