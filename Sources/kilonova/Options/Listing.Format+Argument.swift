public import ArgumentParser
public import Console

extension Listing.Format: ExpressibleByArgument {}
