"""Projects of any size whose every defect is known, because it was planted: what detectors are measured on."""
