public import Host
public import Model

/// The effect of a list of device specs on a host: which functions are offered, and why the others are not.
public struct DeviceSpecReport: Sendable, Equatable {
    public let lines: [Line]
    /// Indices of the specs that match no function of the host.
    public let idle: [Int]

    public struct Line: Sendable, Equatable {
        public let address: PCIAddress
        /// `3D controller 10de:20b5`.
        public let title: String
        package let isOffered: Bool
        /// How the function is offered, or why it is not.
        public let text: String
    }

    /// Explains each function of the host, in the order of addresses. Bridges that no spec matches are left out.
    ///
    /// - Parameter refusal: why a function that a spec offers is not offered after all drivers were evaluated; nil if
    ///   it is offered
    public static func explain(
        _ specs: [DeviceSpec], on snapshot: HostSnapshot, host: HostName? = nil,
        refusal: (PCIAddress) -> String? = { _ in nil }
    ) -> DeviceSpecReport {
        let pass = DiscoveryPass(snapshot: snapshot, host: host ?? snapshot.hostName)
        var used: Set<Int> = []
        var lines: [Line] = []
        for (function, verdict) in Offer(specs, pass).verdicts {
            let text: String
            var isOffered = if case .offered = verdict { true } else { false }
            switch verdict {
            case .offered(let index):
                if let reason = refusal(function.address) {
                    isOffered = false
                    text = "not offered: \(reason)"
                    break
                }
                used.insert(index)
                let name = specs[index].resourceClass?.name ?? "CUSTOM_PCI"
                let traits = PCIDriver.traits(of: function, specs[index]).joined(separator: ", ")
                text = "offered by device_spec \(index + 1) as \(name) with \(traits)"
            case .fenced(let reasons):
                text = "fenced: " + reasons.map(\.description).joined(separator: "; ")
            case .inseparable(let reason): text = "not offered: \(reason)"
            case .unsuitable(let reason):
                if function.classCode.isBridge { continue }
                text = "not offered: \(reason)"
            case .unmatched(let mismatches):
                if function.classCode.isBridge { continue }
                text =
                    mismatches.isEmpty
                    ? "no device_spec is configured"
                    : "not matched: "
                        + mismatches.enumerated().map { "device_spec \($0 + 1): \($1)" }.joined(separator: "; ")
            }
            lines.append(
                Line(
                    address: function.address,
                    title: "\(function.classCode.name) \(function.vendorID):\(function.productID)",
                    isOffered: isOffered, text: text))
        }
        return DeviceSpecReport(lines: lines, idle: specs.indices.filter { !used.contains($0) })
    }

    /// For a terminal.
    public var text: String {
        var out = ""
        for line in lines { out += "\(line.isOffered ? "+" : "-") \(line.address)  \(line.title): \(line.text)\n" }
        for index in idle { out += "! device_spec \(index + 1) offers nothing on this host\n" }
        return out
    }
}
