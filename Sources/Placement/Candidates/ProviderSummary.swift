import API
import Model
import Search

/// Writes what an answer says of providers beside the candidates, in the form of a version.
///
/// Safe: the index lends an id's bytes for the closure only, which copies them.
struct ProviderSummary: Sendable {
    let version: Microversion
    /// Nil shows every class.
    let shownClasses: Set<ResourceClass>?

    /// The form since 1.29, in which all versions describe a tree alike.
    static let current = ProviderSummary(version: APIVersion.candidatesInTrees.number, shownClasses: nil)

    /// The members for all providers of a tree, separated by commas.
    func text(ofTree provider: ProviderReference, in index: PlacementIndex) -> [UInt8] {
        let tree = index.tree(of: provider)
        var text = JSONBytes(capacity: 320 * tree.count)
        var isFirst = true
        for member in tree {
            text.separate(&isFirst)
            write(member, in: index, to: &text)
        }
        return text.bytes
    }

    func write(_ provider: ProviderReference, in index: PlacementIndex, to out: inout JSONBytes) {
        unsafe index.withIDText(provider) { unsafe out.quote($0) }
        out.put(":{\"resources\":{")
        var isFirst = true
        index.forEachStock(provider) { name, capacity, used in
            if let shownClasses, !shownClasses.contains(name) { return }
            out.separate(&isFirst)
            out.quote(name.name)
            out.put(":{\"capacity\":")
            out.put(capacity)
            out.put(",\"used\":")
            out.put(used)
            out.put("}")
        }
        out.put("}")
        if version >= .requiredTraits {
            out.put(",\"traits\":[")
            isFirst = true
            index.forEachTrait(provider) { trait in
                out.separate(&isFirst)
                out.quote(trait.name)
            }
            out.put("]")
        }
        if version >= .candidatesInTrees {
            out.put(",\"parent_provider_uuid\":")
            if unsafe !index.withParentText(provider, { unsafe out.quote($0) }) { out.put("null") }
            out.put(",\"root_provider_uuid\":")
            unsafe index.withRootText(provider) { unsafe out.quote($0) }
        }
        out.put("}")
    }
}
