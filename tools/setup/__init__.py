"""./run: from a bare Debian or Ubuntu machine to a served desk and portal with demo data, step by step."""
