"""Source text in, facts out: what each module says, with nothing imported or run.

Import from the modules: `analysis.facts` has the values, `analysis.module` the
entry points `analyse` and `analyse_all`, `analysis.annotations` has
`parse_expression`, `analysis.positions` turns places into spans. This file
imports nothing, so that reading a fact's shape does not load a parser.
"""
