import API
import Model
import Store

/// Which images a caller may see: the tenant filter of every query of this service.
///
/// What is seen by its id and what stands in lists differ: community images of other projects, and those whose sharing the caller has
/// not accepted, are only seen by who asks for them.
struct ImageScope: Sendable, Equatable {
    let project: ProjectID?
    /// Whether the caller is an administrator.
    let seesAll: Bool

    init(project: ProjectID?, seesAll: Bool) {
        self.project = project
        self.seesAll = seesAll
    }

    init(_ call: Call) {
        self.init(project: call.caller.project, seesAll: call.allows("context_is_admin", target: .own(call.caller)))
    }

    /// Of the workflows of this service.
    static let everything = ImageScope(project: nil, seesAll: true)

    /// That the caller may see the image `i` by its id.
    var byID: SQL {
        if seesAll { return "1 = 1" }
        let open: SQL = "i.owner IS NULL OR i.visibility IN ('public', 'community')"
        guard let project else { return "(\(open))" }
        return """
            (\(open) OR i.owner = \(project) OR (i.visibility = 'shared' AND EXISTS (
                SELECT 1 FROM image_members m WHERE m.image = i.id AND m.member = \(project))))
            """
    }

    /// That the image `i` stands in the caller's lists, before `visibility` is applied.
    ///
    /// - Parameter sharing: of the images shared with the caller only those with this status; nil is all
    func listed(sharing: MemberStatus?) -> SQL {
        if seesAll { return "1 = 1" }
        let open: SQL = "i.visibility IN ('public', 'community')"
        guard let project else { return open }
        let status: SQL = sharing.map { " AND m.status = \($0.rawValue)" } ?? ""
        return """
            (\(open) OR i.owner = \(project) OR (i.visibility = 'shared' AND EXISTS (
                SELECT 1 FROM image_members m WHERE m.image = i.id AND m.member = \(project)\(status))))
            """
    }

    /// That the image `i` is not of another project's community.
    var withoutCommunity: SQL {
        guard let project else { return "i.visibility <> 'community'" }
        return "(i.owner = \(project) OR i.visibility <> 'community')"
    }
}
