"""Checks of linked entities, one function for each rule, by family.

`checks.table` lists them all in order.
"""
