import FoundationEssentials
public import Model

/// The outcome of work of the party `devices`: what its details say.
///
/// On the wire a cleaning has `"cleaning": {…}` beside the envelope's members, and the loading of an image `"programming": {…}`.
public enum DeviceOutcome: Sendable, Equatable {
    case done
    /// A cleaning succeeded; what was done.
    case cleaned(CleaningRecord)
    /// An image was loaded, or was not; what the device has now.
    case programmed(ProgrammingRecord)
    /// The reason, for the operator and the owner.
    case failed(String)

    /// The longest text of a record, in characters; a longer one is truncated.
    private static let textLength = 2000

    /// Throws 400 for records of another form, and for impossible numbers.
    public init(_ outcome: WorkOutcome) throws(Fault) {
        if let record = try Self.read(ProgrammingRecord.self, "programming", outcome) {
            guard (record.failure == nil) == (outcome.failure == nil) else {
                throw .badRequest("'status' must say what 'programming' says.", field: "status")
            }
            self = .programmed(
                ProgrammingRecord(
                    logic: record.logic.map { String($0.prefix(Self.textLength)) },
                    failure: record.failure.map { String($0.prefix(Self.textLength)) }))
        } else if let failure = outcome.failure {
            self = .failed(failure)
        } else if let record = try Self.read(CleaningRecord.self, "cleaning", outcome) {
            try Self.check(record)
            self = .cleaned(record)
        } else {
            self = .done
        }
    }

    /// In its envelope.
    public var outcome: WorkOutcome {
        switch self {
        case .done: .done
        case .cleaned(let record): .cleaned(record)
        case .programmed(let record): .programmed(record)
        case .failed(let reason): .failed(reason)
        }
    }

    private static func read<Record: Decodable>(
        _ type: Record.Type, _ name: String, _ outcome: WorkOutcome
    ) throws(Fault) -> Record? {
        guard let value = outcome.details[name], value != .null else { return nil }
        do {
            return try JSONDecoder().decode(type, from: Data(value.compact.utf8))
        } catch {
            throw .badRequest("'\(name)' is not a record of this form: \(value.shown)", field: name)
        }
    }

    private static func check(_ record: CleaningRecord) throws(Fault) {
        try AgentNumbers.check(record.begun.microseconds, "cleaning.begun")
        try AgentNumbers.check(record.ended.microseconds, "cleaning.ended")
        guard case .samples(_, let count, let size, let written) = record.verification else { return }
        try AgentNumbers.check(count, "cleaning.verification.count")
        try AgentNumbers.check(size, "cleaning.verification.size")
        try AgentNumbers.check(written, "cleaning.verification.written")
    }
}

extension WorkOutcome {
    /// A cleaning of a device succeeded; what was done.
    public static func cleaned(_ record: CleaningRecord) -> WorkOutcome {
        WorkOutcome(details: [.init("cleaning", value(of: record))])
    }

    /// An image was loaded onto a device, or was not; what the device has now.
    public static func programmed(_ record: ProgrammingRecord) -> WorkOutcome {
        WorkOutcome(failure: record.failure, details: [.init("programming", value(of: record))])
    }

    private static func value(of record: some Encodable) -> JSONValue {
        // Encoding of texts and whole numbers cannot fail.
        (try? JSONValue(json: [UInt8](JSONEncoder().encode(record)))) ?? .object([])
    }
}
