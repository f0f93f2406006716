import Model

/// Chooses among the actions of a path by the one key of a body.
struct ActionChoice {
    /// Those of the request's version.
    let live: [Endpoint]
    /// Those of any version.
    let all: [Endpoint]
    let version: Microversion

    /// Throws 400 unless the body is an object with one key that is an action, and 404 where the action is one of another
    /// version.
    func endpoint(for body: JSONValue) throws(Fault) -> Endpoint {
        guard case .object(let members) = body else {
            throw .badRequest("The body is \(body.typeName); it must be \(form).", field: "body")
        }
        let names = Set(members.map(\.name)).sorted()
        guard names.count == 1, let name = names.first else {
            let found =
                names.isEmpty ? "no member" : "\(names.count) members (\(shown(names.map { String($0.prefix(40)) })))"
            throw .badRequest("The body has \(found); it must be \(form).", field: "body")
        }
        if let endpoint = live.first(where: { $0.action == name }) { return endpoint }
        guard all.contains(where: { $0.action == name }) else {
            throw .badRequest(
                "There is no such action: '\(name.prefix(80))'. Version \(version) has \(known).",
                field: String(name.prefix(80)))
        }
        throw .notFound(
            "The resource could not be found: version \(version) has no action '\(name)'. It has \(known).")
    }

    private var form: String { "an object with one member, which names the action: \(known)" }

    private var known: String { shown(live.compactMap(\.action)) }

    private func shown(_ names: [String]) -> String {
        let shown = names.prefix(64)
        return shown.joined(separator: ", ") + (names.count > shown.count ? ", …" : "")
    }
}
