/// A driver that is a separate program: one entry of `external_drivers`.
public struct ExternalSpec: Sendable, Equatable {
    /// The name as in `enabled_drivers`: lower-case letters, digits and `_`, different from this program's drivers.
    public var name: String
    /// An absolute path.
    public var program: String
    public var arguments: [String]
    /// Timeout of a query. Work on a handle has an hour.
    public var timeout: Duration

    public init(
        name: String, program: String, arguments: [String] = [], timeout: Duration = .seconds(10)
    ) throws(DeviceSpecFault) {
        let isName =
            !name.isEmpty && name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
        guard isName else {
            throw DeviceSpecFault("name", "'\(name)' is not made of small letters, digits and '_'")
        }
        guard DriverRegistry.standard.entry(named: name) == nil else {
            throw DeviceSpecFault("name", "'\(name)' is a driver of this program; take another name")
        }
        guard program.hasPrefix("/") else {
            throw DeviceSpecFault("program", "'\(program)' is not an absolute path")
        }
        self.name = name
        self.program = program
        self.arguments = arguments
        self.timeout = timeout
    }

    /// Reads one entry of `external_drivers`.
    public init(_ value: SpecValue) throws(DeviceSpecFault) {
        let entry = try SpecEntry(
            value, of: "external_drivers", keys: ["name", "program", "arguments", "timeout"])
        try self.init(
            name: entry.required("name", "the driver's name as in enabled_drivers"),
            program: entry.required("program", "an absolute path"), arguments: entry.texts("arguments"),
            timeout: entry.duration("timeout") ?? .seconds(10))
        guard timeout > .zero else { throw DeviceSpecFault("timeout", "must be longer than 0s") }
    }
}
