"""Tables as people keep them (CSV, XLSX), read exactly or refused: for reference data and for bills alike."""
