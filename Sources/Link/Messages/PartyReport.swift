public import Model

/// What a party of a host's agent reports to its service: the envelope of the report.
///
/// The reports of the party `devices` have messages of their own (`DeviceLink`), which the first releases know.
public struct PartyReport: Sendable, Codable, Equatable {
    /// Grows with each report. The service keeps it with what it takes over, and refuses an older one.
    public var generation: Int64
    /// What only the party and its service read.
    public var body: JSONValue

    public init(generation: Int64, body: JSONValue) {
        self.generation = generation
        self.body = body
    }
}
