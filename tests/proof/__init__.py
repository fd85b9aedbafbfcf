"""Long proofs: crashes and chaos on real servers, from a seed, with figures in test-results/proof.json.

`make test` runs a small slice of each; `make proof` sets GERAI_PROOF=full and runs all of it. GERAI_PROOF_SEED repeats
a run; the seed of every run stands in its report.
"""
