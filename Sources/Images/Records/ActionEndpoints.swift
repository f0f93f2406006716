import API
import HTTPTypes
import Model
import Store

/// `/v2/images/{image_id}/actions`: forbids downloads, and admits them again.
struct ActionEndpoints: Sendable {
    let store: any StateStore
    let time: TimeSource

    var all: [Endpoint] {
        [
            Endpoint(
                .post, "/v2/images/\(ImageEndpoints.id)/actions/deactivate", "Forbid downloads of an image",
                query: .anything, access: .ruleInHandler("deactivate"), answers: .empty()
            ) { call in try await apply(.deactivate, "deactivate", call) },
            Endpoint(
                .post, "/v2/images/\(ImageEndpoints.id)/actions/reactivate", "Admit downloads of an image again",
                query: .anything, access: .ruleInHandler("reactivate"), answers: .empty()
            ) { call in try await apply(.reactivate, "reactivate", call) },
        ]
    }

    private func apply(_ event: ImageLifecycle.Event, _ rule: String, _ call: Call) async throws -> Reply {
        let id = try call[ImageEndpoints.id]
        let access = ImageAccess(call)
        let now = time.now()
        try await store.write { transaction in
            let former = try ImageBook.get(id, access.scope, in: transaction)
            try access.check(rule, former)
            var image = former
            do {
                _ = try image.apply(event)
            } catch {
                throw Fault.forbidden("Not allowed to \(rule) image in status '\(former.status.rawValue)'")
            }
            guard image != former else { return }
            image.updated = now
            try ImageBook.save(image, replacing: former, in: transaction)
        }
        return .empty()
    }
}
