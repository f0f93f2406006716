/// Another process holds the workflow now; this one must leave it alone.
struct LeaseLost: Error {}
