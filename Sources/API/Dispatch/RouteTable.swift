import HTTPTypes
import Model

/// The endpoints of a service by path: a tree whose edges are path segments, literals before parameters.
struct RouteTable: Sendable {
    struct Match: Sendable {
        /// All endpoints of the path; versions and methods are chosen among them.
        let endpoints: [Endpoint]
        let values: [String: String]
    }

    private struct Node: Sendable {
        var literals: [String: Int] = [:]
        var parameter: Int?
        var endpoints: [(endpoint: Endpoint, names: [String])] = []
    }

    private var nodes: [Node] = [Node()]

    init(_ endpoints: [Endpoint]) {
        for endpoint in endpoints {
            var node = 0
            var names: [String] = []
            for segment in endpoint.path.segments {
                switch segment {
                case .literal(let text): node = child(of: node, literal: text)
                case .parameter(let name):
                    names.append(name)
                    node = parameterChild(of: node)
                }
            }
            nodes[node].endpoints.append((endpoint, names))
        }
    }

    private mutating func child(of node: Int, literal: String) -> Int {
        if let found = nodes[node].literals[literal] { return found }
        nodes.append(Node())
        nodes[node].literals[literal] = nodes.count - 1
        return nodes.count - 1
    }

    private mutating func parameterChild(of node: Int) -> Int {
        if let found = nodes[node].parameter { return found }
        nodes.append(Node())
        nodes[node].parameter = nodes.count - 1
        return nodes.count - 1
    }

    func find(_ segments: [String]) -> Match? {
        var values: [String] = []
        guard let node = walk(0, segments[...], &values) else { return nil }
        let endpoints = nodes[node].endpoints
        var named: [String: String] = [:]
        for (_, names) in endpoints {
            for (name, value) in zip(names, values) { named[name] = value }
        }
        return Match(endpoints: endpoints.map(\.endpoint), values: named)
    }

    private func walk(_ node: Int, _ rest: ArraySlice<String>, _ values: inout [String]) -> Int? {
        guard let first = rest.first else { return nodes[node].endpoints.isEmpty ? nil : node }
        if let next = nodes[node].literals[first], let found = walk(next, rest.dropFirst(), &values) { return found }
        guard let next = nodes[node].parameter else { return nil }
        values.append(first)
        if let found = walk(next, rest.dropFirst(), &values) { return found }
        values.removeLast()
        return nil
    }
}
