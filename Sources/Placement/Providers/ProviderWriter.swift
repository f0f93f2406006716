import API
import Model

/// Writes providers in lists. The text that is common to all is assembled once.
struct ProviderWriter: Sendable {
    private let showsTree: Bool
    /// The text between the ids in the links; the first element is the text before the first link.
    private let links: [[UInt8]]

    init(_ version: Microversion, mount: String) {
        showsTree = version >= .trees
        let relations = ResourceProvider.relations(version)
        let path = "\"href\":\"\(mount)/resource_providers/"
        var links: [[UInt8]] = []
        var before = ",\"links\":["
        for relation in relations {
            links.append(Array("\(before){\"rel\":\"\(relation)\",\(path)".utf8))
            before = relation == "self" ? "\"}," : "/\(relation)\"},"
        }
        links.append(Array("\(before.dropLast())]}".utf8))
        self.links = links
    }

    func write(
        id: String, name: String, generation: Int, parent: String?, root: String, to out: inout JSONBytes
    ) {
        out.put("{\"uuid\":")
        out.quote(id)
        out.put(",\"name\":")
        out.quote(escaping: name)
        out.put(",\"generation\":")
        out.put(generation)
        if showsTree {
            out.put(",\"parent_provider_uuid\":")
            if let parent { out.quote(parent) } else { out.put("null") }
            out.put(",\"root_provider_uuid\":")
            out.quote(root)
        }
        for place in links.indices {
            out.put(links[place])
            if place < links.count - 1 { out.put(id) }
        }
    }
}
