"""The shipper: what lies in the spool goes to Loki, once and in order.

It may be slow, be killed or wait for Loki for days: the acceptor, and with it every container, does
not notice.
"""
