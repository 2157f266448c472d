import sys

from support_retainer.simulator.cli import main

if __name__ == "__main__":
    sys.exit(main())
