"""What ./run, ./test and ./benchmark are made of: standard library only, so that they start on a bare machine."""
