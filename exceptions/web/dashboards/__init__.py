"""The dashboards: one module each, all with the same filters, tiles and cards (`shell`)."""
