"""What happens in the company: goods bought, sold, moved and counted, with Odoo's consequences.

Every function writes through the transaction it is given, so history, live clock and RPC methods
share one set of rules.
"""
