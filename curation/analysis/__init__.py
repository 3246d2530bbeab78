"""From votes to what is stored of them: consensus, agreement, standings. Computes, and writes nothing."""
