"""The list of all commands: this file is the front door's sign."""

import typer

from iochub.cli import (
    asking,
    connectors,
    dead_letters,
    demo,
    doctor,
    feeds,
    grafana,
    keys,
    reports,
    running,
    send_agent,
    settings,
    status,
    up,
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The data hub of an Intelligent Operations Centre.",
)
app.command("up")(up.up)
app.command("run", hidden=True)(running.run)
app.command("status")(status.status)
app.command("doctor")(doctor.doctor)
app.command("figure")(asking.figure)
app.command("indicators")(asking.indicators)
app.add_typer(asking.receipts, name="receipts")
app.add_typer(keys.keys, name="keys")
app.add_typer(keys.tokens, name="tokens")
app.add_typer(demo.demo, name="demo")
app.add_typer(feeds.feeds, name="feeds")
app.add_typer(dead_letters.dead_letters, name="dead-letters")
app.add_typer(reports.reports, name="reports")
app.add_typer(connectors.connectors, name="connectors")
app.add_typer(send_agent.send_agent, name="send-agent")
app.add_typer(grafana.grafana, name="grafana")
app.add_typer(settings.settings, name="settings")
