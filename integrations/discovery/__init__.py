"""Discovery: which exceptions a company has, read from its Odoo before anything is switched on.

Two things are looked at, and nothing is written: what stands now, by the rules themselves
(`standing`), and what the finished documents of the past months tell, one module a question
(`promises`, `backorders`, `adjustments`, `bills`, `quality`, `returns`). `findings` sums it up and
proposes; `scan` runs it all and keeps the report.
"""
