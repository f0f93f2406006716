import Model

/// Rules with every reference replaced by what it refers to.
struct CompiledPolicy: Sendable {
    struct Entry: Sendable {
        let check: PolicyCheck
        let scopes: Set<PolicyRule.Scope>
    }

    let rules: [String: Entry]
    let warnings: [String]

    init(
        defaults: [PolicyRule], documents: [PolicyDocument], heedsLegacyDefaults: Bool
    ) throws(PolicyError) {
        var checks: [String: PolicyCheck] = [:]
        var warnings: [String] = []
        for rule in defaults {
            guard checks[rule.name] == nil else { throw PolicyError("the rule '\(rule.name)' is declared twice") }
            checks[rule.name] = try Self.parse(rule.check, rule.name)
        }
        let (overrides, origins) = Self.collect(documents)
        try Self.refuseUnknown(origins, defaults)
        var renamed: Set<String> = []
        for rule in defaults where overrides[rule.name] == nil {
            if let old = rule.deprecatedNames.first(where: { overrides[$0] != nil }), let check = overrides[old] {
                warnings.append("\(origins[old] ?? "a policy file") has '\(old)', whose name is now '\(rule.name)'")
                checks[rule.name] = check
                renamed.insert(rule.name)
            }
        }
        for (name, check) in overrides { checks[name] = check }
        if heedsLegacyDefaults {
            for rule in defaults where overrides[rule.name] == nil && !renamed.contains(rule.name) {
                guard let legacy = rule.legacyCheck, let check = checks[rule.name] else { continue }
                let former = try Self.parse(legacy, rule.name)
                checks[rule.name] = .any([check, former])
            }
        }
        try RuleResolver.refuseCircles(checks)
        var resolver = RuleResolver(checks: checks, origins: origins)
        var rules: [String: Entry] = [:]
        // A file shared by several services holds names of theirs, which only they can resolve.
        for rule in defaults {
            rules[rule.name] = Entry(check: try resolver.resolve(rule.name), scopes: rule.scopes)
        }
        self.rules = rules
        self.warnings = warnings.sorted()
    }

    private static func parse(_ source: String, _ name: String) throws(PolicyError) -> PolicyCheck {
        do {
            return try PolicyParser.parse(source)
        } catch {
            throw PolicyError("the default of '\(name)': \(error)")
        }
    }

    /// Of several documents with one name, the last wins.
    private static func collect(_ documents: [PolicyDocument]) -> ([String: PolicyCheck], [String: String]) {
        var checks: [String: PolicyCheck] = [:]
        var origins: [String: String] = [:]
        for document in documents {
            for rule in document.rules {
                checks[rule.name] = rule.check
                origins[rule.name] = document.name
            }
        }
        return (checks, origins)
    }

    /// Throws for unknown names. Operators may define names of their own and refer to them. But a name in a service's
    /// namespace that the service does not use is a mistake, which would leave the default in force.
    private static func refuseUnknown(_ origins: [String: String], _ defaults: [PolicyRule]) throws(PolicyError) {
        let known = Set(defaults.map(\.name)).union(defaults.flatMap(\.deprecatedNames))
        func space(_ name: String) -> Substring? { name.firstIndex(of: ":").map { name[..<$0] } }
        let spaces = Set(known.compactMap(space))
        for (name, origin) in origins.sorted(by: { $0.key < $1.key }) where !known.contains(name) {
            guard let own = space(name), spaces.contains(own) else { continue }
            let near = NearestName.find(name, among: known).map { "; did you mean '\($0)'?" } ?? ""
            throw PolicyError("\(origin) has the rule '\(name)', which no service asks for\(near)")
        }
    }
}
