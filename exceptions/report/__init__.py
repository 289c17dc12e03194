"""The executive report: its period, its numbers from the KPIs, and what is found in them.

Page, PDF, workbook and e-mail are written from the same contents.
"""
