public import Model

/// The outcome of a work item on its host.
///
/// On the wire `{"status": "done"}`, for a cleaning with `"cleaning": {…}`, or `{"status": "failed", "reason": "…"}`; what became of
/// the loading of an image has `"programming": {…}` beside either.
public enum WorkOutcome: Sendable, Equatable {
    case done
    /// A cleaning succeeded; what was done.
    case cleaned(CleaningRecord)
    /// An image was loaded, or was not; what the device has now.
    case programmed(ProgrammingRecord)
    /// The reason, for the operator and the owner.
    case failed(String)
}

extension WorkOutcome: Codable {
    private enum Key: String, CodingKey {
        case status
        case reason
        case cleaning
        case programming
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let status = try container.decode(String.self, forKey: .status)
        let reason = try container.decodeIfPresent(String.self, forKey: .reason)
        if let record = try container.decodeIfPresent(ProgrammingRecord.self, forKey: .programming) {
            guard status == (record.failure == nil ? "done" : "failed") else {
                throw DecodingError.dataCorruptedError(
                    forKey: .status, in: container,
                    debugDescription: "'\(status)' is not what 'programming' says")
            }
            self = .programmed(record)
            return
        }
        switch status {
        case "done":
            self = try container.decodeIfPresent(CleaningRecord.self, forKey: .cleaning).map { .cleaned($0) } ?? .done
        case "failed": self = .failed(reason ?? "no reason was given")
        default:
            throw DecodingError.dataCorruptedError(
                forKey: .status, in: container, debugDescription: "'\(status)' is neither 'done' nor 'failed'")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .done: try container.encode("done", forKey: .status)
        case .cleaned(let report):
            try container.encode("done", forKey: .status)
            try container.encode(report, forKey: .cleaning)
        case .programmed(let record):
            try container.encode(record.failure == nil ? "done" : "failed", forKey: .status)
            try container.encodeIfPresent(record.failure, forKey: .reason)
            try container.encode(record, forKey: .programming)
        case .failed(let reason):
            try container.encode("failed", forKey: .status)
            try container.encode(reason, forKey: .reason)
        }
    }
}
