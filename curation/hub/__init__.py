"""Dataset repositories of a Hugging Face Hub: what they are called, and how releases get there."""
