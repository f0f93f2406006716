public import Model

/// What a sanitisation certificate says: which device was cleaned, how, with what proof, after whom.
public struct SanitisationStatement: Sendable, Codable, Equatable {
    /// The format that this program writes.
    static let currentFormat = "kilonova-sanitisation/1"

    public var format: String
    /// In the chain of its host, from 1.
    public var number: Int64
    public var host: String
    /// `StatementHash` of the one before it; of the first, `StatementHash.none`.
    public var previous: String
    public var device: Device
    /// Empty where nobody knows what was done.
    public var methods: [String]
    public var verification: CleaningRecord.Verification
    public var proof: Proof?
    public var result: SanitisationResult
    /// Why it failed.
    public var reason: String?
    /// When the cleaning began and ended, where its host said so; RFC 3339.
    public var begun: String?
    public var ended: String?
    public var issued: String
    /// Whose traces were removed: the same project has the same name here, and nobody without the key can tell which.
    public var tenant: String?
    /// Where the chain was known to end when its database turned out to be older than that.
    public var restored: Restored?

    /// The cleaned device, as the control plane and as its host know it.
    public struct Device: Sendable, Codable, Equatable {
        public var uuid: String
        /// The attach handle.
        public var handle: String
        public var facts: [String: String]

        public init(uuid: String, handle: String, facts: [String: String]) {
            self.uuid = uuid
            self.handle = handle
            self.facts = facts
        }
    }

    /// How much the samples prove.
    public struct Proof: Sendable, Codable, Equatable {
        /// Had at least this share of what the device held been left behind, the samples would have shown it …
        public var share: Double
        /// … with this probability.
        public var probability: Double
    }

    /// The database was set back: certificates after number `kept`, up to `number`, were issued and are not in it any more.
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

/// How a cleaning ended.
public enum SanitisationResult: String, Sendable, Codable {
    /// It was cleaned; `verification` says how far that is proven.
    case cleaned
    /// It was not, or not provably, and is given to nobody.
    case failed
    /// Nobody cleaned it: an operator gave it out again on his word.
    case vouched
}
