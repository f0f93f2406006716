import API
import Link
import Model

/// Bounds of what agents send beside the numbers themselves.
enum AgentBounds {
    /// For the text of a reason, in characters; a longer text is truncated.
    static let reasonLength = 2000
    /// Of parties and kinds of work that an agent says it knows.
    static let kindCount = 512
    static let kindLength = 64
    /// Of the hash of a certificate's statement.
    static let hashLength = 128

    static func check(_ report: HostReport) throws(Fault) {
        try AgentNumbers.check(report.generation, "generation")
        try check(report.devices)
    }

    static func check(_ change: HostReportChange) throws(Fault) {
        try AgentNumbers.check(change.base, "base")
        try AgentNumbers.check(change.generation, "generation")
        try check(change.devices)
    }

    static func check(_ heartbeat: Heartbeat) throws(Fault) {
        try AgentNumbers.check(heartbeat.revision, "revision")
        let words = heartbeat.kinds?.kinds.flatMap { [$0.key.text] + $0.value } ?? []
        guard words.count <= kindCount, words.allSatisfy({ $0.utf8.count <= kindLength }) else {
            throw .badRequest(
                "'kinds' must be at most \(kindCount) words of at most \(kindLength) characters.", field: "kinds")
        }
        guard heartbeat.sections.count <= kindCount,
            heartbeat.sections.keys.allSatisfy({ $0.text.utf8.count <= kindLength })
        else {
            throw .badRequest(
                "'sections' must be of at most \(kindCount) parties with names of at most \(kindLength) characters.",
                field: "sections")
        }
        guard let certificates = heartbeat.certificates else { return }
        try AgentNumbers.check(certificates.number, "certificates.number")
        guard certificates.hash.utf8.count <= hashLength else {
            throw .badRequest(
                "'certificates.hash' must be at most \(hashLength) characters long.", field: "certificates.hash")
        }
    }

    private static func check(_ devices: [DeviceReport]) throws(Fault) {
        for (index, device) in devices.enumerated() {
            for (part, deployable) in device.deployables.enumerated() {
                try AgentNumbers.check(deployable.accelerators, "devices[\(index)].deployables[\(part)].accelerators")
            }
        }
    }
}

extension WorkOutcome {
    func withReason(atMost length: Int) -> WorkOutcome {
        guard let failure, failure.count > length else { return self }
        return WorkOutcome(failure: String(failure.prefix(length)), details: members)
    }
}

extension Schema {
    /// The schema in which every whole number has the bounds of agents' numbers.
    static func bounded<Body: Decodable>(_ type: Body.Type) -> Schema { of(type).bounded }

    fileprivate var bounded: Schema {
        switch self {
        case .integerRange(nil, nil):
            .integerRange(Int(AgentNumbers.whole.lowerBound), Int(AgentNumbers.whole.upperBound))
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
