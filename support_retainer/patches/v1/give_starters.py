from support_retainer.customizations import starters


def execute() -> None:
    """Sites that were installed before there were any get them too; what a site has of them stays as it is."""
    starters.make()
