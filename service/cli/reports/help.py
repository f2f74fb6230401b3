"""Examples and documentation pages for the help of each command."""

import click

EXAMPLES = {
    "": ("serve", "docs/reference/commands.md"),
    "serve": ("--bind 127.0.0.1:8080", "docs/tutorial.md"),
    "migrate": ("", "docs/how-to/upgrade.md"),
    "roles": ("", "docs/how-to/database-roles.md"),
    "keys": ("create --name Dashboard", "docs/how-to/authentication-and-rate-limits.md"),
    "keys create": ("--name Dashboard --days 90", "docs/how-to/authentication-and-rate-limits.md"),
    "keys list": ("--json", "docs/how-to/authentication-and-rate-limits.md"),
    "keys rotate": ("0123456789ab --overlap 7", "docs/how-to/authentication-and-rate-limits.md"),
    "keys revoke": ("0123456789ab", "docs/how-to/authentication-and-rate-limits.md"),
    "load": ("demo", "docs/how-to/load-files.md"),
    "load tidy": ("--mapping mapping.toml 2024-02-28.csv", "docs/how-to/load-files.md"),
    "load baci": ("--reporter 392 --published 2025-01-30 BACI_HS22_Y2023_V202501.csv", "docs/how-to/load-files.md"),
    "load demo": ("", "docs/tutorial.md"),
    "load measures": ("measures.toml --dry-run", "docs/how-to/load-measures-and-indicators.md"),
    "load indicators": ("indicators.toml --dry-run", "docs/how-to/load-measures-and-indicators.md"),
    "load comtrade": ("--published 2024-03-01 392-2023.json", "docs/how-to/load-files.md"),
    "load japan-customs": ("--published 2024-02-28 d42ca001.csv", "docs/how-to/load-files.md"),
    "load japan-customs-totals": ("--published 2024-02-28 d41ma.csv", "docs/how-to/load-files.md"),
    "load us-census": ("--published 2024-03-07 2024-01.json", "docs/how-to/load-files.md"),
    "fetch": ("us-census --period 2024-01", "docs/how-to/fetch-on-a-schedule.md"),
    "fetch us-census": ("--period 2024-01 --level HS4", "docs/how-to/fetch-on-a-schedule.md"),
    "fetch comtrade": ("--reporter 392 --period 2023", "docs/how-to/fetch-on-a-schedule.md"),
    "fetch japan-customs": ("--stat-id 000040142345", "docs/how-to/fetch-on-a-schedule.md"),
    "fetch japan-customs-totals": ("", "docs/how-to/fetch-on-a-schedule.md"),
    "get": ("flows --reporter JPN --partner CHN --flow X --period 2024-01", "docs/how-to/command-line.md"),
    "check": ("article.txt --published 2024-02-21", "docs/how-to/check-a-text.md"),
    "releases": ("list", "docs/how-to/load-files.md"),
    "releases list": ("--json", "docs/how-to/load-files.md"),
    "releases show": ("jpn-pc-m-demo-2024-02-28", "docs/how-to/load-files.md"),
    "releases withdraw": ("jpn-pc-m-demo-2024-02-28 --on 2024-03-01 --yes", "docs/how-to/load-files.md"),
    "releases reinstate": ("jpn-pc-m-demo-2024-02-28", "docs/how-to/load-files.md"),
    "verify": ("--digests-only", "docs/how-to/back-up-and-restore.md"),
    "openapi": ("--output openapi.json", "docs/how-to/generate-clients.md"),
    "mcp": ("--url http://127.0.0.1:8000", "docs/how-to/ai-agents.md"),
}
"""Arguments of an example and page of the documentation, by command; the empty name is `tradeflows` itself."""


def add_examples(command: click.Command, path: str) -> click.Command:
    """Add an example and a page of the documentation to the help of a command and its subcommands; return the command.

    `path` is the name of the command, such as `keys create`. In the list of commands, the command has the whole first
    paragraph of its help, which click would otherwise cut.
    """
    arguments, page = EXAMPLES[path]
    example = " ".join(filter(None, ("tradeflows", path, arguments)))
    command.short_help = (command.help or "").partition("\n\n")[0].replace("\n", " ")
    command.epilog = f"\b\nExample: {example}\nDocumentation: {page}"
    if isinstance(command, click.Group) and path:
        for name, subcommand in command.commands.items():
            add_examples(subcommand, f"{path} {name}")
    return command
