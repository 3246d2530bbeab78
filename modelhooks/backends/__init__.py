"""What runs models. The only room whose files may load torch; nothing is imported before it is asked for."""
