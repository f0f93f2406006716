/// A device at a port of a USB bus.
public struct USBTarget: Hashable, Sendable {
    public let bus: Int
    /// The ports from the bus to the device, such as `1.4`.
    public let port: String

    init?(taking pairs: inout [String: String]) {
        guard let text = pairs.removeValue(forKey: "bus"), let bus = Int(text), "\(bus)" == text,
            let port = pairs.removeValue(forKey: "port")
        else { return nil }
        self.bus = bus
        self.port = port
    }

    var pairs: [String: String] { ["bus": "\(bus)", "port": port] }
}
