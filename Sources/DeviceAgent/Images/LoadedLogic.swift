import Model

/// The logic that this agent loaded onto devices which do not say what they have: the agent says it for them, by a trait, as long as nothing
/// else was loaded.
enum LoadedLogic {
    private static let prefix = "CUSTOM_FPGA_FUNCTION_ID_"

    /// Of a device, in the agent's state.
    static func key(driver: String, controlPath: String) -> String { "\(driver) \(controlPath)" }

    /// The devices of one driver, each with the trait of what was loaded onto it, unless it names its logic itself.
    ///
    /// - Parameter loaded: the id of the logic by the device's key
    static func named(_ devices: [DeviceReport], _ loaded: [String: String]) -> [DeviceReport] {
        devices.map { device in
            guard let function = loaded[key(driver: device.driver, controlPath: device.controlPath)],
                let trait = trait(of: function, on: device.driver)
            else { return device }
            var device = device
            for index in device.deployables.indices {
                let known = device.deployables[index].traits
                guard !known.contains(where: { $0.hasPrefix(prefix) }) else { continue }
                device.deployables[index].attributes.append(
                    AttributeReport(key: "trait\(known.count)", value: trait.name))
                device.deployables[index].traits.append(trait.name)
            }
            return device
        }
    }

    /// As the original names it: by the driver's vendor. Nil for an id that no trait can hold.
    private static func trait(of function: String, on driver: String) -> Trait? {
        let vendor = driver.prefix { $0 != "_" }.uppercased()
        return Trait("\(prefix)\(vendor)_\(function.uppercased())")
    }
}
