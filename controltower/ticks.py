"""What beat asks for, how often: each does what is due, and asks for nothing else (law 1)."""

TICKS: list[tuple[str, str, float]] = [  # name, task, every so many seconds
    ("inbox", "integrations.tasks.work_inbox", 2.0),
    ("events", "integrations.tasks.work_events", 1.0),
    ("parcels", "integrations.tasks.match_parcels", 30.0),
    ("outbox", "integrations.tasks.deliver_outbox", 2.0),
    ("post", "integrations.tasks.send_notices", 15.0),
    ("sync", "integrations.tasks.sync_connections", 15.0),
    ("duty", "integrations.tasks.read_duty", 60.0),
    ("answers", "integrations.tasks.read_answers", 20.0),
    ("actions", "integrations.tasks.read_actions", 60.0),
    ("throughput", "integrations.tasks.count_throughput", 60.0),
    ("transits", "integrations.tasks.read_transits", 60.0),
    ("watch", "integrations.tasks.watch_integrations", 60.0),
    ("documents", "exceptions.tasks.recheck_documents", 10.0),
    ("clocks", "exceptions.tasks.sweep_clocks", 10.0),
    ("approvals", "exceptions.tasks.look_after_approvals", 15.0),
    ("outlook", "exceptions.tasks.look_ahead_at_approvals", 3600.0),
    ("promises", "exceptions.tasks.remind_of_promises", 30.0),
    ("rollups", "exceptions.tasks.keep_rollups", 5.0),
    ("alerts", "exceptions.tasks.look_at_numbers", 120.0),
    ("lateness", "exceptions.tasks.foresee_lateness", 120.0),
    ("learning", "exceptions.tasks.learn_from_messages", 60.0),
    ("closing", "exceptions.tasks.close_quiet_cases", 300.0),
    ("files", "integrations.tasks.mirror_files", 120.0),
    ("canaries", "integrations.tasks.walk_canaries", 2.0),
    ("sent", "integrations.tasks.look_at_sent", 300.0),
    ("reconcile", "integrations.tasks.reconcile_connections", 900.0),
    ("discover", "integrations.tasks.discover", 30.0),
    ("reconcile-asked", "integrations.tasks.reconcile_asked", 10.0),
    ("retention", "exceptions.tasks.erase_evidence", 3600.0),
    ("imports", "exceptions.tasks.work_imports", 10.0),
    ("audit", "exceptions.tasks.look_after_history", 20.0),
    ("housekeeping", "integrations.tasks.forget_what_is_old", 3600.0),
]

# A message that waited behind a stopped worker is worthless: it expires before the next one.
SCHEDULE = {
    name: {"task": task, "schedule": seconds, "options": {"expires": seconds}}
    for name, task, seconds in TICKS
}
