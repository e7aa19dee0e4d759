"""Sound between the stages: spools on disk, sample-rate conversion, dither and rounding."""
