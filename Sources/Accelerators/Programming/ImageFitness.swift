import Model

/// Whether an image is made for a device, by what its properties say. What an image does not say is not held against the device.
///
/// The names are those of the original service's bitstream metadata, with `accel:` in front or without.
enum ImageFitness {
    private static let functionID = "accel:function_id"
    private static let vendors = ["8086": "intel", "10ee": "xilinx", "1bd4": "inspur"]

    /// Of the logic in the image.
    static func function(of properties: [String: String]) -> LogicID? {
        value(properties, functionID, "function_uuid").flatMap { LogicID($0) }
    }

    /// Why the image does not belong on the device, in a sentence; nil if nothing speaks against it.
    static func objection(_ properties: [String: String], to target: ProgrammingTarget) -> String? {
        if let type = value(properties, "accel:type"), type.lowercased() != target.type.lowercased() {
            return "it is made for devices of the type '\(type.shown)', and this one is of the type \(target.type)"
        }
        if let driver = value(properties, "accel:driver", "driver"), plain(driver) != plain(target.driver) {
            return "it is made for the driver '\(driver.shown)', and the device's is '\(target.driver)'"
        }
        if let vendor = value(properties, "accel:vendor", "vendor") {
            let own = number(target.vendor)
            guard number(vendor) == own || vendor.lowercased() == vendors[own] else {
                return "it is made for devices of the vendor '\(vendor.shown)', and this one's is \(target.vendor)"
            }
        }
        if let board = value(properties, "accel:board", "accel:product_id", "board"),
            number(board) != number(target.model)
        {
            return "it is made for the board '\(board.shown)', and the device's is \(target.model)"
        }
        if let region = value(properties, "accel:region_id", "region_uuid") {
            let own = LogicID.among(target.traits, prefix: "CUSTOM_FPGA_REGION_")
            guard own.isEmpty || own.contains(where: { $0 == LogicID(region) }) else {
                return "it is made for the region '\(region.shown)', which the device does not have"
            }
        }
        return nil
    }

    private static func value(_ properties: [String: String], _ names: String...) -> String? {
        names.lazy.compactMap { properties[$0] }.first { !$0.isEmpty }
    }

    /// A driver under its name here and under the original's.
    private static func plain(_ driver: String) -> String {
        let name = driver.lowercased()
        return name.hasSuffix("_driver") ? String(name.dropLast("_driver".count)) : name
    }

    /// `0x8086` and `8086` are one.
    private static func number(_ text: String) -> String {
        let lower = text.lowercased()
        return lower.hasPrefix("0x") ? String(lower.dropFirst(2)) : lower
    }
}
