"""The pieces of a cloud, each started in a private folder on free ports of the loopback and stopped by its process id."""
