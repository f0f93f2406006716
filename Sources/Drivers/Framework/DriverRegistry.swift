import Model

/// Every driver this program has, in one table: start-up warnings, the support matrix and the API's answer come from it.
public struct DriverRegistry: Sendable {
    public let entries: [Entry]

    /// A driver's name and support level, and a closure that creates it.
    public struct Entry: Sendable {
        public let name: String
        /// Its name in the reference's `enabled_drivers`.
        let formerName: String?
        public let summary: String
        public fileprivate(set) var support: DriverSupport
        public let capabilities: DriverCapabilities
        public let make: @Sendable (DriverOptions) throws(DriverFault) -> any Driver

        public init(
            name: String, formerName: String?, summary: String, support: DriverSupport,
            capabilities: DriverCapabilities,
            make: @escaping @Sendable (DriverOptions) throws(DriverFault) -> any Driver
        ) {
            self.name = name
            self.formerName = formerName
            self.summary = summary
            self.support = support
            self.capabilities = capabilities
            self.make = make
        }
    }

    /// Reasons why no release may be made with this table, one sentence each.
    let objections: [String]

    /// The table at the last of these releases. Each driver has the level that follows from its evidence.
    public init(entries: [Entry], releases: [String] = Self.releases) {
        objections = entries.compactMap { entry in
            entry.support.objection(among: releases).map { "The driver '\(entry.name)' \($0)." }
        }
        self.entries = entries.map { entry in
            var entry = entry
            entry.support = entry.support.judged(among: releases)
            return entry
        }
    }

    /// Releases in order; the last one is being made.
    public static let releases = ["1.0"]

    /// The drivers of this release.
    public static let standard = DriverRegistry(entries: [
        Entry(
            name: FakeDriver.name, formerName: "fake_driver",
            summary: "Makes up devices, for trials and tests without hardware.",
            support: DriverSupport(
                .supported, since: "1.0", evidence: "conformance suite and the end-to-end job, at every change",
                checks: [.conformance, .lifeCycle]),
            capabilities: FakeDriver.capabilities, make: { options throws(DriverFault) in FakeDriver(options.fake) }),
        Entry(
            name: PCIDriver.name, formerName: "pci_driver",
            summary: "Passes whole PCI functions through, physical or virtual, as device_spec selects them.",
            support: DriverSupport(
                .supported, since: "1.0",
                evidence: "conformance suite and life cycle at every change; laboratory under Linux 6.12",
                checks: [.conformance, .lifeCycle, .laboratory]),
            capabilities: PCIDriver.capabilities,
            make: { options throws(DriverFault) in PCIDriver(options) }),
        Entry(
            name: NVMeDriver.name, formerName: nil,
            summary: "Passes whole NVMe drives through; erases them between two tenants and reads back samples.",
            support: DriverSupport(
                .supported, since: "1.0",
                evidence:
                    "conformance suite, life cycle and played drives at every change; laboratory under Linux 6.12",
                checks: [.conformance, .lifeCycle, .laboratory]),
            capabilities: NVMeDriver.capabilities, make: { options throws(DriverFault) in NVMeDriver(options) }),
        Entry(
            name: MdevDriver.name, formerName: nil,
            summary: "Makes mediated devices of the types that the kernel's mdev framework offers, on demand.",
            support: DriverSupport(
                .supported, since: "1.0",
                evidence: "conformance suite and life cycle at every change; laboratory under Linux 6.12",
                checks: [.conformance, .lifeCycle, .laboratory]),
            capabilities: MdevDriver.capabilities, make: { options throws(DriverFault) in MdevDriver(options) }),
        Entry(
            name: NvidiaDriver.name, formerName: "nvidia_gpu_driver",
            summary: "NVIDIA GPUs: whole, or divided by mdev types or by the vendor's VFIO interface.",
            support: DriverSupport(
                .experimental, since: "1.0",
                evidence:
                    "conformance suite and life cycle at every change; laboratory under Linux 6.12, with the laboratory's parents and functions, not the vendor's",
                checks: [.conformance, .lifeCycle, .laboratory]
            ),
            capabilities: NvidiaDriver.capabilities, make: { options throws(DriverFault) in NvidiaDriver(options) }),
        Entry(
            name: IntelQATDriver.name, formerName: "intel_qat_driver",
            summary: "Intel QuickAssist cards and their virtual functions.",
            support: DriverSupport(
                .experimental, since: "1.0",
                evidence:
                    "conformance suite and life cycle at every change; laboratory under Linux 6.12, with the laboratory's functions, not the vendor's driver",
                checks: [.conformance, .lifeCycle, .laboratory]
            ),
            capabilities: IntelQATDriver.capabilities, make: { options throws(DriverFault) in IntelQATDriver(options) }),
        Entry(
            name: IntelNICDriver.name, formerName: "intel_nic_driver",
            summary: "Intel X710 and XXV710 network functions by physical network.",
            support: DriverSupport(
                .experimental, since: "1.0",
                evidence:
                    "conformance suite on trees recorded under a Linux 6.12 kernel and composed after documented layouts",
                checks: [.conformance]),
            capabilities: IntelNICDriver.capabilities, make: { options throws(DriverFault) in IntelNICDriver(options) }),
        Entry(
            name: IntelFPGADriver.name, formerName: "intel_fpga_driver",
            summary: "Intel programmable acceleration cards with Arria 10.",
            support: DriverSupport(
                .experimental, since: "1.0",
                evidence: "conformance suite on trees composed after documented layouts", checks: [.conformance]),
            capabilities: IntelFPGADriver.capabilities,
            make: { options throws(DriverFault) in IntelFPGADriver(options) }),
        Entry(
            name: XilinxFPGADriver.name, formerName: "xilinx_fpga_driver",
            summary: "Xilinx Alveo cards.",
            support: DriverSupport(
                .experimental, since: "1.0",
                evidence:
                    "conformance suite on trees recorded under a Linux 6.12 kernel and composed after documented layouts",
                checks: [.conformance]
            ),
            capabilities: XilinxFPGADriver.capabilities,
            make: { options throws(DriverFault) in XilinxFPGADriver(options) }),
        Entry(
            name: InspurFPGADriver.name, formerName: "inspur_fpga_driver",
            summary: "Inspur FPGA cards.",
            support: DriverSupport(
                .experimental, since: "1.0",
                evidence: "conformance suite on trees composed after documented layouts", checks: [.conformance]),
            capabilities: InspurFPGADriver.capabilities,
            make: { options throws(DriverFault) in InspurFPGADriver(options) }),
        Entry(
            name: InspurNVMeDriver.name, formerName: "inspur_nvme_ssd_driver",
            summary: "Inspur NVMe drives under the reference's names, erased as the nvme driver erases.",
            support: DriverSupport(
                .experimental, since: "1.0",
                evidence: "conformance suite on trees composed after documented layouts", checks: [.conformance]),
            capabilities: InspurNVMeDriver.capabilities,
            make: { options throws(DriverFault) in InspurNVMeDriver(options) }),
        Entry(
            name: HuaweiAscendDriver.name, formerName: "huawei_ascend_driver",
            summary: "Huawei Ascend accelerators.",
            support: DriverSupport(
                .experimental, since: "1.0",
                evidence: "conformance suite on trees composed after documented layouts", checks: [.conformance]),
            capabilities: HuaweiAscendDriver.capabilities,
            make: { options throws(DriverFault) in HuaweiAscendDriver(options) }),
    ])

    /// The entry with that name; Cyborg's name of the driver is accepted, too.
    public func entry(named name: String) -> Entry? {
        entries.first { $0.name == name || $0.formerName == name }
    }

    /// Creates the drivers of a host in the given order, each once, with a warning for each that is not `supported`.
    /// Throws for an unknown name, and names the nearest known one.
    public func drivers(named names: [String], options: DriverOptions) throws(DriverFault) -> EnabledDrivers {
        var drivers: [any Driver] = []
        var warnings: [String] = []
        var seen: Set<String> = []
        for name in names {
            if let spec = options.external.first(where: { $0.name == name }) {
                guard seen.insert(name).inserted else { continue }
                warnings.append("The driver '\(name)' is the program \(spec.program); its support level is unknown.")
                drivers.append(ExternalDriver(spec, options))
                continue
            }
            guard let entry = entry(named: name) else {
                let near = NearestName.find(name, among: entries.map(\.name)).map { "; did you mean '\($0)'?" } ?? ""
                throw DriverFault(
                    "'\(name)' in enabled_drivers is no driver\(near) There are: "
                        + entries.map(\.name).sorted().joined(separator: ", ") + ".")
            }
            guard seen.insert(entry.name).inserted else { continue }
            guard entry.support.level != .removed else {
                throw DriverFault("The driver '\(entry.name)' was removed: \(entry.support.evidence).")
            }
            if entry.support.level != .supported {
                warnings.append(
                    "The driver '\(entry.name)' is \(entry.support.level.rawValue) since \(entry.support.since): "
                        + "\(entry.support.evidence)\(entry.support.level == .deprecated ? "; it will be removed" : "")."
                )
            }
            drivers.append(try entry.make(options))
        }
        return EnabledDrivers(drivers: drivers, warnings: warnings)
    }

    public func support(of name: String) -> DriverSupport? { entry(named: name)?.support }
}

/// The drivers of one host, and warnings for its operator.
public struct EnabledDrivers: Sendable {
    public let drivers: [any Driver]
    public let warnings: [String]
}
