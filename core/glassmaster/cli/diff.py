import click


@click.command()
def diff() -> int:
    return 0
