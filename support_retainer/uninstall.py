from support_retainer.customizations import sync


def before_uninstall() -> None:
    sync.remove()
