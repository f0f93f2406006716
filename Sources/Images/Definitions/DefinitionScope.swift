import API
import Model
import Store

/// Which namespaces a caller may see, and what the policy says of one.
struct DefinitionScope: Sendable {
    private let call: Call
    private let project: ProjectID?
    private let seesAll: Bool

    init(_ call: Call) {
        self.call = call
        project = call.caller.project
        seesAll = ImageScope(call).seesAll
    }

    /// That the caller may see the namespace `n`.
    var visible: SQL {
        if seesAll { return "1 = 1" }
        guard let project else { return "n.visibility = 'public'" }
        return "(n.visibility = 'public' OR n.owner = \(project))"
    }

    /// Throws 403 where the rule refuses, and 404 where the caller may not show the namespace.
    func check(_ rule: String, _ namespace: DefinitionNamespace) throws(Fault) {
        let target = target(of: namespace)
        do throws(Fault) {
            try call.authorize(rule, target: target)
        } catch {
            guard rule != "get_metadef_namespace", call.allows("get_metadef_namespace", target: target) else {
                throw NamespaceBook.unknown(namespace.name)
            }
            throw error
        }
    }

    func allows(_ rule: String, _ namespace: DefinitionNamespace) -> Bool {
        call.allows(rule, target: target(of: namespace))
    }

    private func target(of namespace: DefinitionNamespace) -> PolicyTarget {
        var attributes = ["visibility": namespace.visibility.rawValue, "namespace": namespace.name.text]
        attributes["project_id"] = namespace.owner?.text
        attributes["owner"] = namespace.owner?.text
        return PolicyTarget(attributes)
    }
}
