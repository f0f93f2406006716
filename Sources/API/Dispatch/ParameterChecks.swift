import Model

extension QueryRules {
    func check(_ query: [(name: String, value: String)], _ version: Microversion) throws(Fault) {
        if case .collect = unknown { return }
        for (name, value) in query {
            let live = parameters.filter { $0.since.map { $0 <= version } ?? true }
            guard let parameter = live.first(where: { $0.name == name }) else {
                if case .ignore = unknown { continue }
                throw .badRequest(
                    "Invalid query string parameters: Additional properties are not allowed ('\(name.prefix(80))' was "
                        + "unexpected); "
                        + (live.isEmpty
                            ? "this request takes none."
                            : "known are \(live.map(\.name).joined(separator: ", "))."),
                    field: name)
            }
            guard parameter.isValid(value) else {
                throw .badRequest(
                    "Invalid query string parameters: '\(value.prefix(80))' is not \(parameter.form), which "
                        + "'\(name)' must be.", field: name)
            }
        }
        for parameter in parameters where parameter.isRequired && parameter.since.map({ $0 <= version }) ?? true {
            guard query.contains(where: { $0.name == parameter.name }) else {
                throw .badRequest(
                    "Invalid query string parameters: '\(parameter.name)' is a required parameter.",
                    field: parameter.name)
            }
        }
        for parameter in parameters where !parameter.isRepeatable {
            guard query.count(where: { $0.name == parameter.name }) <= 1 || unknown == .ignore else {
                throw .badRequest(
                    "Invalid query string parameters: '\(parameter.name)' stands more than once.", field: parameter.name
                )
            }
        }
    }
}

extension PathTemplate {
    func check(_ values: [String: String], _ endpoint: Endpoint) throws(Fault) {
        for parameter in parameters {
            guard let value = values[parameter.name], !parameter.isValid(value) else { continue }
            let message =
                parameter.refusal?(String(value.prefix(80)))
                ?? "'\(value.prefix(80))' is not \(parameter.form), which '\(parameter.name)' must be."
            throw Fault(parameter.malformed, message, field: parameter.name)
        }
    }
}
