/// Something that is to go wrong with made-up devices: one entry of `fake.faults` or of the control file.
public struct FakeFault: Sendable, Equatable {
    /// Where.
    public enum Place: String, Sendable, CaseIterable {
        /// The driver's look at the host, of all devices.
        case discovery
        /// The device is not there.
        case vanish
        /// The device says that it is out of order.
        case sick
        case prepare
        case withdraw
        case clean
    }

    /// How, of what takes time: `discovery`, `prepare`, `withdraw`, `clean`.
    public enum Mode: String, Sendable, CaseIterable {
        case fail
        /// Fails in a way that may pass by itself, so that it is tried again.
        case retry
        /// Takes `delay` longer.
        case slow
        /// Does not end as long as the fault stands.
        case hang
    }

    public var place: Place
    /// From 1, in the order in which the devices are made up; nil for all.
    public var device: Int?
    public var mode: Mode
    public var delay: Duration
    public var reason: String

    public init(
        _ place: Place, device: Int? = nil, mode: Mode = .fail, delay: Duration = .seconds(10), reason: String? = nil
    ) {
        self.place = place
        self.device = device
        self.mode = mode
        self.delay = delay
        self.reason = reason ?? "a fault was asked for."
    }

    /// Reads one entry.
    public init(_ value: SpecValue) throws(DeviceSpecFault) {
        let entry = try SpecEntry(
            value, of: "fake.faults", keys: ["fault", "device", "mode", "delay", "reason"])
        let place = try entry.required("fault", "one of " + Place.allCases.map(\.rawValue).joined(separator: ", "))
        guard let place = Place(rawValue: place) else {
            throw DeviceSpecFault(
                "fault", "'\(place)' is none of " + Place.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let word = try entry.text("mode") ?? Mode.fail.rawValue
        guard let mode = Mode(rawValue: word) else {
            throw DeviceSpecFault(
                "mode", "'\(word)' is none of " + Mode.allCases.map(\.rawValue).joined(separator: ", "))
        }
        self.init(
            place, device: try entry.number("device", in: 1...244), mode: mode,
            delay: try entry.duration("delay") ?? .seconds(10), reason: try entry.text("reason"))
    }

    /// The entries of a control file: a list in JSON, or nothing.
    public static func list(_ bytes: [UInt8]) throws(DeviceSpecFault) -> [FakeFault] {
        let text = String(decoding: bytes, as: UTF8.self)
        if text.allSatisfy(\.isWhitespace) { return [] }
        guard let value = SpecValue(json: text) else { throw DeviceSpecFault("", "the file is not JSON") }
        let entries: [SpecValue] = if case .list(let entries) = value { entries } else { [value] }
        var faults: [FakeFault] = []
        for entry in entries { faults.append(try FakeFault(entry)) }
        return faults
    }
}
