"""What a run is taken home as: CSV, XLSX and PDF with the same numbers, the minutes that two people sign, and the letter to
the biller."""
