import Model

/// Reports as drivers make them.
enum Reports {
    static func provider(_ number: Int) -> ResourceProviderID {
        let digits = String(number)
        let text = "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.utf8.count) + digits
        return ResourceProviderID(text) ?? IDSource.random.next()
    }

    static func instance(_ number: Int) -> InstanceID {
        let digits = String(number)
        let text = "10000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.utf8.count) + digits
        return InstanceID(text) ?? IDSource.random.next()
    }

    /// A card with one deployable of `units` handles.
    static func device(
        _ number: Int = 1, units: Int = 1, resourceClass: String = "FPGA", driver: String = "fake",
        needsPreparation: Bool = false, needsCleaning: Bool = false
    ) -> DeviceReport {
        DeviceReport(
            type: .fpga, vendor: "0xABCD", model: "miss model info",
            standardBoardInfo: "{\"device_id\":\"0xabcd\",\"class\":\"Fake class\"}",
            vendorBoardInfo: "fake_vendor_info",
            controlPath: "{\"domain\":\"0000\",\"bus\":\"\(number)\",\"device\":\"00\",\"function\":\"0\"}",
            driver: driver,
            deployables: [
                DeployableReport(
                    name: "card-\(number)", resourceProvider: provider(number), resourceClass: resourceClass,
                    accelerators: units, traits: ["CUSTOM_FAKE_DEVICE"],
                    attributes: [
                        AttributeReport(key: "traits1", value: "CUSTOM_FAKE_DEVICE"),
                        AttributeReport(key: "rc", value: resourceClass),
                    ],
                    handles: (1...units).map { unit in
                        AttachHandleReport(
                            type: .testPCI,
                            info: [
                                "domain": "0000", "bus": "\(number)", "device": "\(unit / 8)",
                                "function": "\(unit % 8)",
                            ], needsPreparation: needsPreparation, needsCleaning: needsCleaning)
                    })
            ])
    }

    static func host(_ devices: [DeviceReport], failing: [String] = []) -> HostReport {
        host(1, devices, failing: failing)
    }

    static func host(_ generation: Int64, _ devices: [DeviceReport], failing: [String] = []) -> HostReport {
        HostReport(
            generation: generation, devices: devices,
            drivers: (["fake"] + failing).map { name in
                DriverReport(
                    name: name, supportLevel: "supported", failure: failing.contains(name) ? "it fell over" : nil)
            })
    }
}
