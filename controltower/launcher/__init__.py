"""Runs the whole product on one machine that has Python only, for `make run` and `make test`.

Production does not use it: there each program is a service of its own (docker-compose.yml).
"""
