"""`python -m glassmaster`, and the command `glassmaster`."""


def main() -> None:
    """Run the command line. Workers import this module too, and need nothing of what stands behind it."""
    from .cli import main as run

    run()


if __name__ == "__main__":
    from glassmaster.imports import leave_here

    leave_here()
    main()
