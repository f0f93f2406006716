import API
import Model
import Search

/// Writes what a search found, in the form of a version.
struct CandidateWriter {
    let index: PlacementIndex
    let found: CandidateSet
    let query: CandidateQuery
    let call: Call

    func json() -> JSONWriter {
        var json = JSONWriter(capacity: 1024 + found.count * 400)
        // Providers in the order in which they first appear.
        var used: [ProviderReference] = []
        var seen: Set<ProviderReference> = []
        json.object { json in
            json.member("allocation_requests") { json in
                json.array(0..<found.count) { json, row in
                    let allocations = found.allocations(of: row, in: index)
                    let mappings = found.mappings(of: row)
                    for provider in allocations.map(\.provider) + mappings.flatMap(\.providers)
                    where seen.insert(provider).inserted {
                        used.append(provider)
                    }
                    json.object { json in
                        json.member("allocations") { json in
                            if call.isAtLeast(12) { keyed(allocations, &json) } else { listed(allocations, &json) }
                        }
                        if call.isAtLeast(34) { json.member("mappings") { json in write(mappings, &json) } }
                    }
                }
            }
            json.member("provider_summaries") { json in
                json.object { json in
                    for provider in shown(used) { summary(of: provider, &json) }
                }
            }
        }
        return json
    }

    private typealias Share = (provider: ProviderReference, resources: [(resourceClass: ResourceClass, amount: Int)])

    private func keyed(_ allocations: [Share], _ json: inout JSONWriter) {
        json.object { json in
            for share in allocations {
                json.member(index.idText(share.provider)) { json in
                    json.object { json in json.member("resources") { json in amounts(share, &json) } }
                }
            }
        }
    }

    private func listed(_ allocations: [Share], _ json: inout JSONWriter) {
        json.array(allocations) { json, share in
            json.object { json in
                json.member("resource_provider") { json in
                    json.object { json in json.member("uuid", index.idText(share.provider)) }
                }
                json.member("resources") { json in amounts(share, &json) }
            }
        }
    }

    private func amounts(_ share: Share, _ json: inout JSONWriter) {
        json.object { json in
            for (name, amount) in share.resources { json.member(name.name, amount) }
        }
    }

    private func write(_ mappings: [(suffix: String, providers: [ProviderReference])], _ json: inout JSONWriter) {
        json.object { json in
            for (suffix, providers) in mappings {
                json.member(suffix) { json in
                    json.array(providers) { json, provider in json.value(index.idText(provider)) }
                }
            }
        }
    }

    /// From 1.29 every provider of every tree that gives something, before only those that do.
    private func shown(_ used: [ProviderReference]) -> [ProviderReference] {
        guard call.isAtLeast(29) else { return used }
        var trees: Set<Int> = []
        var shown: [ProviderReference] = []
        for provider in used where trees.insert(index.treeNumber(provider)).inserted {
            shown += index.tree(of: provider)
        }
        return shown
    }

    private func summary(of provider: ProviderReference, _ json: inout JSONWriter) {
        let asked = call.isAtLeast(27) ? nil : query.resourceClasses
        json.member(index.idText(provider)) { json in
            json.object { json in
                json.member("resources") { json in
                    json.object { json in
                        index.forEachStock(provider) { name, capacity, used in
                            guard asked?.contains(name) ?? true else { return }
                            json.member(name.name) { json in
                                json.object { json in
                                    json.member("capacity", capacity)
                                    json.member("used", used)
                                }
                            }
                        }
                    }
                }
                if call.isAtLeast(17) {
                    var names: [String] = []
                    index.forEachTrait(provider) { names.append($0.name) }
                    json.member("traits") { json in json.array(names) { json, name in json.value(name) } }
                }
                if call.isAtLeast(29) {
                    json.member("parent_provider_uuid", index.parentText(provider))
                    json.member("root_provider_uuid", index.rootText(provider))
                }
            }
        }
    }
}
