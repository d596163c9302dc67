"""`python -m starmodel_generator` is the `starmodel` command."""

import sys

from starmodel_generator.entry import main

sys.exit(main())
