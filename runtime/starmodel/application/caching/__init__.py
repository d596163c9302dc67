"""What answers reads in front of a store, and how it is kept from answering with what is old."""
