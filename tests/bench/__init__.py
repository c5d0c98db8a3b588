"""`make bench`: what we promise about speed and size, measured in one run."""
