/// What `kilonova limits register` registers: enough to work with, little enough that one project does not take it all.
public enum DefaultLimits {
    public static let prefix = LimitedResource.prefix

    /// Requests at all, and bound accelerators of every resource class that drivers report by default.
    public static let all: [(resource: String, limit: Int)] =
        [(LimitedResource.requests, 100)]
        + [
            "FPGA", "GPU", "PGPU", "VGPU", "CUSTOM_AICHIP", "CUSTOM_NIC", "CUSTOM_NVME", "CUSTOM_PCI", "CUSTOM_QAT",
            "CUSTOM_SSD",
        ].map { (prefix + $0, amount(of: $0)) }

    /// Of a class of whole cards less than of what cards are divided into.
    public static func amount(of resourceClass: String) -> Int {
        ["FPGA", "GPU", "PGPU", "CUSTOM_AICHIP"].contains(resourceClass) ? 10 : 20
    }

    /// The defaults, and one for each of `classes` that they lack.
    public static func including(_ classes: some Sequence<String>) -> [(resource: String, limit: Int)] {
        let known = Set(all.map(\.resource))
        let others = Set(classes.map { prefix + $0 }).subtracting(known).sorted()
        return all + others.map { ($0, amount(of: String($0.dropFirst(prefix.count)))) }
    }

    /// Whether the accelerator service knows a resource of this name: `accelerator_requests`, or `class:` with a class.
    public static func isKnown(_ resource: String) -> Bool {
        resource == LimitedResource.requests
            || (resource.hasPrefix(prefix) && resource.utf8.count > prefix.utf8.count)
    }
}
