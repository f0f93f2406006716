import Model

/// Replaces references depth first. There must be no circles.
struct RuleResolver {
    let checks: [String: PolicyCheck]
    /// The file of each rule; defaults have none.
    let origins: [String: String]
    private var done: [String: PolicyCheck] = [:]

    init(checks: [String: PolicyCheck], origins: [String: String]) {
        self.checks = checks
        self.origins = origins
    }

    mutating func resolve(_ name: String) throws(PolicyError) -> PolicyCheck {
        if let whole = done[name] { return whole }
        guard let check = checks[name] else { throw PolicyError("the rule '\(name)' does not exist") }
        for reference in check.references.sorted() {
            guard checks[reference] != nil else {
                let place = origins[name].map { "\($0), " } ?? ""
                let near = NearestName.find(reference, among: checks.keys).map { "; did you mean '\($0)'?" }
                throw PolicyError(
                    "\(place)rule '\(name)' refers to 'rule:\(reference)', which does not exist\(near ?? "")")
            }
            _ = try resolve(reference)
        }
        let resolved = done
        let whole = try check.replacingRules { reference throws(PolicyError) in resolved[reference] ?? .never }
        done[name] = whole
        return whole
    }

    /// If rules refer to each other in a circle, throws a sentence that shows it.
    static func refuseCircles(_ checks: [String: PolicyCheck]) throws(PolicyError) {
        var finished: Set<String> = []
        for name in checks.keys.sorted() {
            var path: [String] = []
            try visit(name, checks, &path, &finished)
        }
    }

    private static func visit(
        _ name: String, _ checks: [String: PolicyCheck], _ path: inout [String], _ finished: inout Set<String>
    ) throws(PolicyError) {
        if finished.contains(name) { return }
        if let start = path.firstIndex(of: name) {
            let circle = (path[start...] + [name]).joined(separator: " → ")
            throw PolicyError("rules refer to each other in a circle: \(circle)")
        }
        path.append(name)
        for reference in checks[name]?.references.sorted() ?? [] { try visit(reference, checks, &path, &finished) }
        path.removeLast()
        finished.insert(name)
    }
}
