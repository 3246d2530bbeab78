"""What a release says about itself: its manifest, and a card and a Croissant description made from that."""
