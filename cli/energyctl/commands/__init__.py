"""The commands, a module each.

A module of several commands has a `typer.Typer` called `app`; a module of one has a function. `main.py` lists
them. Every command takes `context: typer.Context` first and gets its cluster, key and output from
`energyctl.context.session(context)`. It prints results through `Output` and raises what goes wrong: the guard in
`main.py` turns it into a message and an exit code. Options that are global must not be declared again.
"""
