/// A simulated fault: one entry of `fake.faults` or of the control file.
public struct FakeFault: Sendable, Equatable {
    /// The step that fails.
    public enum Place: String, Sendable, CaseIterable {
        /// Discovery of all devices of the driver.
        case discovery
        /// The device disappears.
        case vanish
        /// The device reports that it is sick.
        case sick
        case prepare
        case withdraw
        case clean
    }

    /// How the step fails, for `discovery`, `prepare`, `withdraw` and `clean`.
    public enum Mode: String, Sendable, CaseIterable {
        case fail
        /// Fails with a transient error, so that the step is retried.
        case retry
        /// Takes `delay` longer.
        case slow
        /// Does not end until the fault is removed.
        case hang
    }

    public var place: Place
    /// The device's number, from 1 in the order of creation; nil for all devices.
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
        self.reason = reason ?? "a fault was requested."
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
