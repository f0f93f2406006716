import API
import Link
import Model

/// Bounds of the numbers that agents send. A host that lies, or whose memory fails, must not end the process: numbers
/// within these bounds can be increased, compared and added without an overflow.
enum AgentBounds {
    /// For generations, revisions, and moments in microseconds: what every JSON reader keeps exactly, up to the year
    /// 2255.
    static let number = 0...((Int64(1) << 53) - 1)
    /// For counts of units, blocks and bytes, as for inventories in Placement.
    static let count = 0...Int(Int32.max)
    /// For the text of a reason, in characters; a longer text is truncated.
    static let reasonLength = 2000
    /// Of parties and kinds of work that an agent says it knows.
    static let kindCount = 512
    static let kindLength = 64
    /// Of the hash of a certificate's statement.
    static let hashLength = 128

    static func check(_ report: HostReport) throws(Fault) {
        try check(report.generation, "generation")
        try check(report.devices)
    }

    static func check(_ change: HostReportChange) throws(Fault) {
        try check(change.base, "base")
        try check(change.generation, "generation")
        try check(change.devices)
    }

    static func check(_ heartbeat: Heartbeat) throws(Fault) {
        try check(heartbeat.revision, "revision")
        let words = heartbeat.kinds?.kinds.flatMap { [$0.key.text] + $0.value } ?? []
        guard words.count <= kindCount, words.allSatisfy({ $0.utf8.count <= kindLength }) else {
            throw .badRequest(
                "'kinds' must be at most \(kindCount) words of at most \(kindLength) characters.", field: "kinds")
        }
        guard let certificates = heartbeat.certificates else { return }
        try check(certificates.number, "certificates.number")
        guard certificates.hash.utf8.count <= hashLength else {
            throw .badRequest(
                "'certificates.hash' must be at most \(hashLength) characters long.", field: "certificates.hash")
        }
    }

    static func check(_ outcome: WorkOutcome) throws(Fault) {
        guard case .cleaned(let record) = outcome else { return }
        try check(record.begun.microseconds, "cleaning.begun")
        try check(record.ended.microseconds, "cleaning.ended")
        guard case .samples(_, let count, let size, let written) = record.verification else { return }
        try check(count, "cleaning.verification.count")
        try check(size, "cleaning.verification.size")
        try check(written, "cleaning.verification.written")
    }

    private static func check(_ devices: [DeviceReport]) throws(Fault) {
        for (index, device) in devices.enumerated() {
            for (part, deployable) in device.deployables.enumerated() {
                try check(deployable.accelerators, "devices[\(index)].deployables[\(part)].accelerators")
            }
        }
    }

    private static func check(_ number: Int64, _ field: String) throws(Fault) {
        guard !self.number.contains(number) else { return }
        throw .badRequest(
            "'\(field)' must be a whole number from \(self.number.lowerBound) to \(self.number.upperBound), not "
                + "\(number).", field: field)
    }

    private static func check(_ count: Int, _ field: String) throws(Fault) {
        guard !self.count.contains(count) else { return }
        throw .badRequest(
            "'\(field)' must be a whole number from \(self.count.lowerBound) to \(self.count.upperBound), not \(count).",
            field: field)
    }
}

extension WorkOutcome {
    func withReason(atMost length: Int) -> WorkOutcome {
        switch self {
        case .done, .cleaned: self
        case .failed(let reason): .failed(String(reason.prefix(length)))
        case .programmed(let record):
            .programmed(
                ProgrammingRecord(
                    logic: record.logic.map { String($0.prefix(length)) },
                    failure: record.failure.map { String($0.prefix(length)) }))
        }
    }
}

extension Schema {
    /// The schema in which every whole number has the bounds of agents' numbers.
    static func bounded<Body: Decodable>(_ type: Body.Type) -> Schema { of(type).bounded }

    fileprivate var bounded: Schema {
        switch self {
        case .integerRange(nil, nil):
            .integerRange(Int(AgentBounds.number.lowerBound), Int(AgentBounds.number.upperBound))
        case .any, .boolean, .integerRange, .numberRange, .text, .oneOfTexts: self
        case .array(let element, let least, let most, let unique):
            .array(of: element.bounded, minItems: least, maxItems: most, unique: unique)
        case .object(let object):
            .object(
                ObjectSchema(
                    object.properties.map { .init($0.name, $0.schema.bounded, required: $0.isRequired) },
                    others: object.others.bounded, minProperties: object.minProperties))
        case .nullable(let inner): .nullable(inner.bounded)
        case .anyOf(let all): .anyOf(all.map(\.bounded))
        case .named(let name, let inner): .named(name, inner.bounded)
        }
    }
}

extension ObjectSchema.Others {
    fileprivate var bounded: Self {
        if case .each(let pattern, let schema) = self { return .each(keyPattern: pattern, schema.bounded) }
        return self
    }
}
