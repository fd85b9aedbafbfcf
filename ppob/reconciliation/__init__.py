"""Yesterday's money of every biller, explained to the Rupiah: files read, both books compared, the deposit accounted for."""
