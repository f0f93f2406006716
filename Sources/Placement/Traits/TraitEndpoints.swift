import API
import HTTPTypes
import Model
import Store

/// `/traits`: the traits that exist.
struct TraitEndpoints: Sendable {
    let state: PlacementState

    private static let since = APIVersion.traits
    private static let name = PathParameters.trait
    private static let selection = QueryParameter<String>(
        "name", "`in:A,B` for these names, `startswith:P` for names with this prefix")
    private static let associated = QueryParameter<String>(
        "associated", "`true` for those that providers have, `false` for the others")
    private static let list = Schema.fields(.required("traits", .traitNames))

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/traits", "List traits", since: Self.since,
                query: QueryRules([Self.selection.description, Self.associated.description]),
                access: .rule("placement:traits:list"), answers: .schema(Self.list)
            ) { call in try await show(all: call) },
            Endpoint(
                .get, "/traits/\(Self.name)", "Show whether a trait exists", since: Self.since, query: .anything,
                access: .rule("placement:traits:show"), answers: .empty().sending(.lastModified), faults: [.notFound]
            ) { call in
                let name = Trait(unchecked: try call[Self.name])
                guard try await state.read({ try Vocabulary.knows(name, in: $0) }) else { throw Self.unknown(name) }
                return dated(call, 204)
            },
            Endpoint(
                .put, "/traits/\(Self.name)", "Create a custom trait", since: Self.since, query: .none,
                access: .rule("placement:traits:update"), answers: .empty(201).sending(.location, .lastModified),
                .empty().sending(.location, .lastModified)
            ) { call in
                let name = try Self.custom(try call[Self.name])
                let isNew = try await state.write { try Vocabulary.add(name, in: $0) }
                return dated(call, isNew ? 201 : 204, location: "/traits/\(name)")
            },
            Endpoint(
                .delete, "/traits/\(Self.name)", "Delete a custom trait", since: Self.since, query: .none,
                access: .rule("placement:traits:delete"), answers: .empty(), faults: [.notFound, .conflict]
            ) { call in
                let name = Trait(unchecked: try call[Self.name])
                try await state.write { try Self.delete(name, in: $0.transaction) }
                return .empty()
            },
        ]
    }

    /// An empty response, from 1.15 with headers about its freshness.
    private func dated(_ call: Call, _ status: Int, location: String? = nil) -> Reply {
        call.empty(status, modified: state.time.now(), location: location)
    }

    private static func unknown(_ name: Trait) -> Fault { .notFound(PlacementFault.unknownTraits([name])) }

    private static func custom(_ text: String) throws(Fault) -> Trait {
        guard let trait = Trait(text), trait.isCustom else {
            throw .badRequest(
                "The trait is invalid. A valid trait must be no longer than 255 characters, start with the prefix "
                    + "\"CUSTOM_\" and use following characters: \"A\"-\"Z\", \"0\"-\"9\" and \"_\".", field: "name")
        }
        return trait
    }

    private static func delete(_ name: Trait, in transaction: any Transaction) throws {
        guard !StandardTraits.all.contains(name) else {
            throw Fault.badRequest("Cannot delete standard trait \(name).", field: "name")
        }
        guard try Vocabulary.knows(name, in: transaction) else { throw unknown(name) }
        guard try !transaction.exists("SELECT 1 FROM provider_traits WHERE trait = \(name) LIMIT 1") else {
            throw Fault.conflict("The trait \(name) is in use by a resource provider.")
        }
        try transaction.execute("DELETE FROM custom_traits WHERE name = \(name)")
    }

    private func show(all call: Call) async throws -> Reply {
        let selection = try NameSelection(try call[Self.selection])
        let associated = try call[Self.associated].map(Self.flag)
        let (custom, inUse) = try await state.read { transaction in
            let custom: [Trait] = try transaction.all("SELECT name FROM custom_traits ORDER BY name") { row in
                try row[0]
            }
            guard associated != nil else { return (custom, [] as Set<Trait>) }
            let inUse: [Trait] = try transaction.all("SELECT DISTINCT trait FROM provider_traits") { row in
                try row[0]
            }
            return (custom, Set(inUse))
        }
        let chosen = (StandardTraits.ordered + custom).filter { trait in
            selection.admits(trait.name) && (associated.map { $0 == inUse.contains(trait) } ?? true)
        }
        var json = JSONWriter()
        json.object { json in
            json.member("traits") { json in json.array(chosen) { json, trait in json.value(trait.name) } }
        }
        return call.json(json)
    }

    private static func flag(_ text: String) throws(Fault) -> Bool {
        switch text.lowercased() {
        case "true": return true
        case "false": return false
        default:
            throw .badRequest(
                "The query parameter \"associated\" only accepts \"true\" or \"false\".", field: "associated")
        }
    }
}

/// The `name` parameter of the list of traits.
private enum NameSelection {
    case everything
    case these(Set<String>)
    case beginning(String)

    init(_ text: String?) throws(Fault) {
        guard let text else {
            self = .everything
            return
        }
        let words = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        switch (words.count, words.first) {
        case (2, "in"): self = .these(Set(words[1].split(separator: ",").map(String.init)))
        case (2, "startswith"): self = .beginning(String(words[1]))
        default:
            throw .badRequest(
                "Badly formatted name parameter. Expected name query string parameter in form: "
                    + "?name=[in|startswith]:[name1,name2|prefix]. Got: \"\(text.prefix(200))\"", field: "name")
        }
    }

    func admits(_ name: String) -> Bool {
        switch self {
        case .everything: true
        case .these(let names): names.contains(name)
        case .beginning(let prefix): name.hasPrefix(prefix)
        }
    }
}
