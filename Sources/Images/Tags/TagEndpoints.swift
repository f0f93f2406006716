import API
import HTTPTypes
import Model
import Store

/// `/v2/images/{image_id}/tags/{tag}`.
struct TagEndpoints: Sendable {
    let store: any StateStore
    let options: ImageOptions
    let time: TimeSource

    private static let tag = PathParameter<String>("tag", "The tag, of at most 255 characters")

    var all: [Endpoint] {
        [
            Endpoint(
                .put, "/v2/images/\(ImageEndpoints.id)/tags/\(Self.tag)", "Tag an image", query: .anything,
                access: .ruleInHandler("modify_image"), answers: .empty()
            ) { call in
                try await change(call) { tags, tag in
                    guard tag.unicodeScalars.count <= ImageSchema.longestText else {
                        throw Fault.badRequest(
                            "A tag may have at most \(ImageSchema.longestText) characters.", field: "tag")
                    }
                    if !tags.contains(tag) { tags.append(tag) }
                }
            },
            Endpoint(
                .delete, "/v2/images/\(ImageEndpoints.id)/tags/\(Self.tag)", "Remove a tag of an image",
                query: .anything, access: .ruleInHandler("modify_image"), answers: .empty()
            ) { call in
                try await change(call) { tags, tag in
                    guard let place = tags.firstIndex(of: tag) else {
                        throw Fault.notFound("The image has no tag '\(tag.shown)'.")
                    }
                    tags.remove(at: place)
                }
            },
        ]
    }

    private func change(
        _ call: Call, _ edit: @escaping @Sendable (inout [String], _ tag: String) throws -> Void
    ) async throws -> Reply {
        let id = try call[ImageEndpoints.id]
        let tag = try call[Self.tag]
        let access = ImageAccess(call)
        let now = time.now()
        try await store.write { [options] transaction in
            let former = try ImageBook.get(id, access.scope, in: transaction)
            try access.check("modify_image", former)
            let before = try former.tags.values()
            var tags = before
            try edit(&tags, tag)
            guard tags != before else { return }
            try ImageQuotas(options: options).check(tags: tags.count, before: before.count)
            var image = former
            image.tags = ImageTags(tags)
            image.updated = now
            try ImageBook.save(image, replacing: former, in: transaction)
        }
        return .empty()
    }
}
