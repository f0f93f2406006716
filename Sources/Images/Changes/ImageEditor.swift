import API
import Model

/// Carries out changes on an image, all or none, as far as the policy admits each.
struct ImageEditor: Sendable {
    let access: ImageAccess
    let options: ImageOptions

    /// The image with the changes made. Throws 403 for what the caller may not do, 409 for properties that are there or are not.
    func edit(_ former: Image, _ changes: [ImageChange]) throws(Fault) -> Image {
        var image = former
        var properties = try former.properties.values()
        let before = properties.count
        for change in changes {
            // Hidden by the service itself: nobody reads or writes it.
            if change.name == "stores" { throw Self.missing(change.name) }
            if let field = ImageField(rawValue: change.name) {
                try self.change(field, change, &image, former)
            } else {
                try access.check("modify_image", former)
                try Self.change(change, &properties)
            }
        }
        image.properties = ImageProperties(properties)
        let quotas = ImageQuotas(options: options)
        try quotas.check(properties: properties.count, before: before)
        try quotas.check(tags: try image.tags.values().count, before: try former.tags.values().count)
        return image
    }

    private func change(
        _ field: ImageField, _ change: ImageChange, _ image: inout Image, _ former: Image
    ) throws(Fault) {
        if field == .owner, change.operation == .replace, !access.scope.seesAll {
            throw .forbidden("Owner can't be updated by non admin.")
        }
        if field == .visibility, case .text(let text) = change.value, let visibility = ImageVisibility(rawValue: text) {
            try access.check(visibility, access.target(of: former))
        }
        try access.check("modify_image", former)
        guard change.operation != .remove else {
            throw .forbidden("Property \(field.rawValue) may not be removed.")
        }
        guard !(change.isOld && change.operation == .add) else {
            throw .conflict("Property \(field.rawValue) already present.")
        }
        let owner = image.owner
        try field.set(change.value, in: &image, options)
        // `add` writes the same as `replace`.
        guard image.owner == owner || access.scope.seesAll else {
            throw .forbidden("Owner can't be updated by non admin.")
        }
    }

    private static func change(_ change: ImageChange, _ properties: inout [String: String]) throws(Fault) {
        let isThere = properties[change.name] != nil
        switch change.operation {
        case .add:
            guard !(change.isOld && isThere) else { throw .conflict("Property \(change.name.shown) already present.") }
        case .replace, .remove: guard isThere else { throw missing(change.name) }
        }
        if change.operation == .remove {
            properties[change.name] = nil
        } else {
            properties[change.name] = try ImageDraft.property(change.name, change.value)
        }
    }

    private static func missing(_ name: String) -> Fault { .conflict("Property \(name.shown) does not exist.") }
}
