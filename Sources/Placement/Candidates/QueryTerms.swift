import API
import Model

/// Amounts by class, as `resources` writes them: `VCPU:2,MEMORY_MB:1024`.
enum ResourceAmounts {
    /// More than any inventory has; sums of such amounts still fit into an Int.
    private static let most = 1 << 40

    static func parse(_ text: String, field: String = "resources") throws(Fault) -> [ResourceClass: Int] {
        func malformed(_ got: some StringProtocol) -> Fault {
            .badRequest(
                "Badly formed resources parameter. Expected resources query string parameter in form: "
                    + "?resources=VCPU:2,MEMORY_MB:1024. Got: \(got.prefix(80)).",
                field: field)
        }
        guard text.contains(where: { !$0.isWhitespace }) else { throw malformed("empty string") }
        var amounts: [ResourceClass: Int] = [:]
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let words = part.split(separator: ":", omittingEmptySubsequences: false)
            guard words.count == 2 else { throw malformed(part) }
            let name = String(words[0])
            guard let amount = Int(words[1].filter { !$0.isWhitespace }) else {
                throw .badRequest(
                    "Requested resource \(name.prefix(80)) expected positive integer amount. Got: \(words[1].prefix(80)).",
                    field: field)
            }
            guard amount >= 1 else {
                throw .badRequest(
                    "Requested resource \(name.prefix(80)) requires amount >= 1. Got: \(amount).", field: field)
            }
            amounts[ResourceClass(unchecked: name)] = min(amount, most)
        }
        return amounts
    }
}

/// The required and forbidden traits in the values of one `required` parameter.
struct TraitTerms: Sendable, Equatable {
    /// For each set, at least one of its traits is required.
    private(set) var required: [Set<Trait>] = []
    private(set) var forbidden: Set<Trait> = []

    init() {}

    /// Before 1.39 only the last value counts; before 1.22 traits cannot be forbidden.
    init(_ values: [String], _ field: String, _ version: Microversion) throws(Fault) {
        let mayForbid = version >= .forbiddenTraits
        let mayChoose = version >= .anyTraits
        for value in mayChoose ? values[...] : values.suffix(1) {
            func malformed(_ reason: String) -> Fault {
                .badRequest("Invalid query string parameters: \(reason) Got: \(value.prefix(200))", field: field)
            }
            let form = mayForbid ? "HW_CPU_X86_VMX,!CUSTOM_MAGIC" : "HW_CPU_X86_VMX,CUSTOM_MAGIC"
            if value.hasPrefix("in:") {
                guard mayChoose else {
                    throw malformed(
                        "The format 'in:HW_CPU_X86_VMX,CUSTOM_MAGIC' only supported since microversion 1.39.")
                }
                let names = Self.names(value.dropFirst(3))
                guard !names.contains("") else {
                    throw malformed(
                        "Expected 'required' parameter value of the form: in:HW_CPU_X86_VMX,CUSTOM_MAGIC. "
                            + "Got an empty trait.")
                }
                guard !names.contains(where: { $0.hasPrefix("!") }) else {
                    throw malformed(
                        "The format 'in:HW_CPU_X86_VMX,CUSTOM_MAGIC' does not support forbidden traits.")
                }
                required.append(Set(names.map { Trait(unchecked: $0) }))
                continue
            }
            for name in Self.names(value[...]) {
                let bare = String(name.drop { $0 == "!" })
                guard !bare.isEmpty else {
                    throw malformed(
                        "Expected 'required' parameter value of the form: \(form). Got an empty trait.")
                }
                if bare.utf8.count == name.utf8.count {
                    required.append([Trait(unchecked: bare)])
                } else if mayForbid {
                    forbidden.insert(Trait(unchecked: bare))
                } else {
                    throw malformed("Expected 'required' parameter value of the form: \(form).")
                }
            }
        }
    }

    private static func names(_ text: Substring) -> [String] {
        text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            String(part.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
        }
    }

    var all: Set<Trait> { required.reduce(forbidden) { $0.union($1) } }

    /// Terms that no provider can satisfy, because all their traits are forbidden.
    var conflicts: [Set<Trait>] { required.filter { $0.isSubset(of: forbidden) } }

    func refuseConflict(_ field: String) throws(Fault) {
        guard !conflicts.isEmpty else { return }
        let names = conflicts.map { $0.map(\.name).sorted().joined(separator: ", ") }.sorted()
        throw .badRequest(
            "Conflicting required and forbidden traits found in the following traits keys: \(field): "
                + "(\(names.joined(separator: "), (")))", field: field)
    }
}

/// The required and forbidden aggregates in the values of one `member_of` parameter.
struct Membership: Sendable, Equatable {
    /// For each set, the provider must be in at least one of its aggregates.
    private(set) var required: [Set<AggregateID>] = []
    private(set) var forbidden: Set<AggregateID> = []

    init() {}

    init(_ values: [String], _ field: String, _ version: Microversion) throws(Fault) {
        guard values.count <= 1 || version >= .repeatedAggregates else {
            throw .badRequest("Multiple \(field) parameters are not supported before version 1.24.", field: field)
        }
        for value in values {
            let isForbidden = value.hasPrefix("!")
            let bare = isForbidden ? value.dropFirst() : value[...]
            let isList = bare.hasPrefix("in:")
            guard isList || !bare.contains(",") else {
                throw .badRequest(
                    "Multiple values for '\(field)' must be prefixed with the 'in:' or '!in:' keyword using the valid "
                        + "microversion. Got: \(value.prefix(200))", field: field)
            }
            var ids: Set<AggregateID> = []
            for part in (isList ? bare.dropFirst(3) : bare).split(separator: ",", omittingEmptySubsequences: false) {
                guard let id = AggregateID(String(part)) else {
                    throw .badRequest(
                        "Invalid query string parameters: Expected 'member_of' parameter to contain valid UUID(s). "
                            + "Got: \(part.prefix(80))", field: field)
                }
                ids.insert(id)
            }
            if !isForbidden {
                required.append(ids)
            } else if version >= .forbiddenAggregates {
                forbidden.formUnion(ids)
            } else {
                throw .badRequest(
                    "Forbidden \(field) parameters are not supported in the specified microversion; they need 1.32.",
                    field: field)
            }
        }
    }
}
