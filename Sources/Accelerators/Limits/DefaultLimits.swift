/// What `kilonova limits register` registers: enough to work with, little enough that one project does not take it all.
public enum DefaultLimits {
    /// Requests at all, and bound accelerators of every resource class that drivers report by default.
    public static let all: [(resource: String, limit: Int)] =
        [(LimitCheck.requests, 100)]
        + [
            ("FPGA", 10), ("GPU", 10), ("PGPU", 10), ("VGPU", 20), ("CUSTOM_NIC", 20), ("CUSTOM_PCI", 20),
            ("CUSTOM_QAT", 20), ("CUSTOM_SSD", 20),
        ].map { (LimitCheck.prefix + $0.0, $0.1) }

    /// Whether the accelerator service knows a resource of this name: `accelerator_requests`, or `class:` with a class.
    public static func isKnown(_ resource: String) -> Bool {
        resource == LimitCheck.requests
            || (resource.hasPrefix(LimitCheck.prefix) && resource.utf8.count > LimitCheck.prefix.utf8.count)
    }
}
