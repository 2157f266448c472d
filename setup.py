from setuptools import setup  # older bench versions look for this file; pyproject.toml holds everything

setup()
