public import Model

/// The content of a sanitisation certificate: which device was cleaned, how, with what proof, after which tenant.
public struct SanitisationStatement: Sendable, Codable, Equatable {
    /// The format that this program writes.
    static let currentFormat = "kilonova-sanitisation/1"

    public var format: String
    /// The number in its host's chain, from 1.
    public var number: Int64
    public var host: String
    /// The `StatementHash` of the previous statement; for the first one `StatementHash.none`.
    public var previous: String
    public var device: Device
    /// Empty if it is unknown what was done.
    public var methods: [String]
    public var verification: CleaningRecord.Verification
    public var proof: Proof?
    public var result: SanitisationResult
    /// Why the cleaning failed.
    public var reason: String?
    /// When the cleaning began and ended, if its host reported that; RFC 3339.
    public var begun: String?
    public var ended: String?
    public var issued: String
    /// A pseudonym of the tenant whose data were removed. A project always has the same pseudonym, and only holders of
    /// the key can tell which project it is.
    public var tenant: String?
    /// The known end of the chain when its database turned out to be older than that.
    public var restored: Restored?

    /// The cleaned device, as the control plane and its host identify it.
    public struct Device: Sendable, Codable, Equatable {
        public var uuid: String
        /// The attach handle's id.
        public var handle: String
        public var facts: [String: String]

        public init(uuid: String, handle: String, facts: [String: String]) {
            self.uuid = uuid
            self.handle = handle
            self.facts = facts
        }
    }

    /// What the samples prove.
    public struct Proof: Sendable, Codable, Equatable {
        /// If at least this share of the device's content had been left, the samples would have shown it …
        public var share: Double
        /// … with this probability.
        public var probability: Double
    }

    /// The database was set back: certificates after number `kept`, up to `number`, were issued but are no longer in
    /// it.
    public struct Restored: Sendable, Codable, Equatable {
        public var kept: Int64
        public var number: Int64

        public init(kept: Int64, number: Int64) {
            self.kept = kept
            self.number = number
        }
    }

    public init(
        number: Int64, host: HostName, previous: String, device: Device, report: CleaningRecord?,
        result: SanitisationResult, reason: String?, issued: Timestamp, tenant: String?, restored: Restored?
    ) {
        format = Self.currentFormat
        self.number = number
        self.host = host.text
        self.previous = previous
        self.device = device
        methods = report?.methods ?? []
        verification =
            report?.verification
            ?? .impossible(
                result == .vouched ? "an operator vouched for the device" : "its host told nothing of what was done")
        proof = Proof(verification)
        self.result = result
        self.reason = reason
        begun = report?.begun.isoZulu
        ended = report?.ended.isoZulu
        self.issued = issued.isoZulu
        self.tenant = tenant
        self.restored = restored
    }
}

/// The result of a cleaning.
public enum SanitisationResult: String, Sendable, Codable {
    /// The device was cleaned; `verification` says how far that is proven.
    case cleaned
    /// The device was not cleaned, or not provably, and is given to nobody.
    case failed
    /// The device was not cleaned: an operator released it on their own responsibility.
    case vouched
}
