"""The rules of support retainers: pure functions and frozen values, with time always passed in."""
