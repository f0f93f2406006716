import API
import Model

/// Holds calls about an image against the policy. Who may not even see it is told that there is none.
struct ImageAccess: Sendable {
    let call: Call
    let scope: ImageScope

    init(_ call: Call) {
        self.call = call
        scope = ImageScope(call)
    }

    /// Throws 403 where the rule refuses, and 404 where the caller may not show the image.
    func check(_ rule: String, _ image: Image) throws(Fault) {
        let target = target(of: image)
        do throws(Fault) {
            try call.authorize(rule, target: target)
        } catch {
            guard rule != "get_image", call.allows("get_image", target: target) else {
                throw ImageBook.unknown(image.id)
            }
            throw error
        }
    }

    func allows(_ rule: String, _ image: Image) -> Bool { call.allows(rule, target: target(of: image)) }

    /// Throws 403 where the caller may not give an image this visibility.
    func check(_ visibility: ImageVisibility, _ target: PolicyTarget) throws(Fault) {
        switch visibility {
        case .public: try call.authorize("publicize_image", target: target)
        case .community: try call.authorize("communitize_image", target: target)
        case .shared, .private: break
        }
    }

    func target(of image: Image) -> PolicyTarget {
        var attributes = [
            "visibility": image.visibility.rawValue, "status": image.status.rawValue,
            "protected": image.isProtected ? "True" : "False",
        ]
        attributes["name"] = image.name
        attributes["project_id"] = image.owner?.text
        attributes["owner"] = image.owner?.text
        // Shared, another project's and seen all the same: the scope of the query has found the caller among its members.
        if !scope.seesAll, image.visibility == .shared, image.owner != nil, image.owner != scope.project {
            attributes["member_id"] = scope.project?.text
        }
        return PolicyTarget(attributes)
    }
}
