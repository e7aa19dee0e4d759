"""Meters beside BS.1770: spectrum, stereo image, RMS and crest factor, DC offset, histogram of peaks.

Each listens block by block in the same pass as loudness and answers with what JSON can hold.
"""
