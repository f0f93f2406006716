import API
import Clients
import Conventions
import HTTPTypes
import Model
import Store
import Workflows

/// `/v2/images/{image_id}/import`, and the stores that an image is in.
struct ImportEndpoints: Sendable {
    let store: any StateStore
    let options: ImageOptions
    let shelf: StoreShelf
    let limits: ImageLimits
    let rules: WebRules
    let signatures: SignatureCheck
    let journal: WorkflowJournal
    let time: TimeSource
    let ids: IDSource

    private static let storeName = PathParameter<StoreName>("store_id", "The name of the store")

    var all: [Endpoint] {
        [
            Endpoint(
                .post, "/v2/images/\(ImageEndpoints.id)/import", "Import the data of an image", query: .anything,
                body: JSONValue.self, schema: ImportRequest.schema, access: .ruleInHandler("modify_image"),
                answers: .empty(202), faults: [.conflict]
            ) { call, body in try await begin(call, body) },
            Endpoint(
                .delete, "/v2/stores/\(Self.storeName)/\(ImageEndpoints.id)", "Remove an image's data from one store",
                query: .anything, access: .ruleInHandler("delete_image_location"), answers: .empty(),
                faults: [.conflict]
            ) { call in try await remove(call) },
        ]
    }

    private func begin(_ call: Call, _ body: JSONValue) async throws -> Reply {
        let id = try call[ImageEndpoints.id]
        let asked = try ImportRequest(
            body, header: call.headers[.imageStore], offered: options.importMethods, rules: rules)
        let access = ImageAccess(call)
        let check = try await limits.check(call.caller.project, [.size: 0, .uploading: 1])
        let certificate = try await certificate(of: id, asked.method, access)
        let start = ImportStart(journal: journal, task: ids.next(), workflow: ids.next(), at: time.now())
        try await store.write { transaction in
            let former = try ImageBook.get(id, access.scope, in: transaction)
            try access.check(asked.method == .copy ? "copy_image" : "modify_image", former)
            let copies = Set(try CopyBook.of(id, in: transaction).map(\.store))
            try Self.checkState(former, asked.method, isStaged: copies.contains(StoreShelf.stagingName))
            try ImportStart.checkFree(former)
            let destinations = try asked.destinations(shelf, present: copies)
            if destinations.isEmpty { return }
            try check?.enforce(in: transaction)
            try start.begin(
                former, .imported, asked.method, to: destinations, from: asked.address,
                certificate: certificate, allMustSucceed: asked.allMustSucceed,
                asked: [
                    .init("import_req", asked.sent), .init("backend", .array(destinations.map { .text($0.text) })),
                ], call, in: transaction)
        }
        return .empty(202)
    }

    /// Of a signed image, fetched while the caller's token is here: the workflow has none. Nil for a copy, whose data were verified.
    private func certificate(
        of id: ImageID, _ method: ImportMethod, _ access: ImageAccess
    ) async throws -> SigningCertificate? {
        guard method != .copy else { return nil }
        let image = try await store.read { try ImageBook.get(id, access.scope, in: $0) }
        try access.check("modify_image", image)
        return try await signatures.certificate(of: image, for: access.call.caller)
    }

    /// Throws 409 where the image is not as the method needs it.
    private static func checkState(_ image: Image, _ method: ImportMethod, isStaged: Bool) throws(Fault) {
        switch method {
        case .copy:
            guard image.status == .active else {
                throw .conflict("Only images with status active can be targeted for copying")
            }
        case .web:
            guard image.status != .active else {
                throw .conflict("Image with status active cannot be target for import")
            }
            guard image.status == .queued else {
                throw .conflict("Image needs to be in 'queued' state to use 'web-download' method")
            }
        case .direct:
            guard image.status != .active else {
                throw .conflict("Image with status active cannot be target for import")
            }
            guard image.status == .uploading, isStaged else {
                throw .conflict("Image needs to be staged before 'glance-direct' method can be used")
            }
        }
        guard image.containerFormat != nil else {
            throw .conflict("'container_format' needs to be set before import")
        }
        guard image.diskFormat != nil else { throw .conflict("'disk_format' needs to be set before import") }
    }

    private func remove(_ call: Call) async throws -> Reply {
        let id = try call[ImageEndpoints.id]
        let name = try call[Self.storeName]
        let access = ImageAccess(call)
        let now = time.now()
        guard shelf.isPlural else { throw Fault.notFound("Multi backend is not supported at this site.") }
        try await store.write { transaction in
            let former = try ImageBook.get(id, access.scope, in: transaction)
            try access.check("delete_image_location", former)
            guard shelf.entry(name) != nil else {
                throw Fault.conflict("There is no store '\(name.text.shown)'.")
            }
            guard !former.isProtected else { throw Fault.forbidden("Image \(id) is protected and cannot be deleted.") }
            let present = try CopyBook.of(id, in: transaction).filter { $0.store != StoreShelf.stagingName }
            guard present.contains(where: { $0.store == name }) else {
                throw Fault.notFound("Image is not in store '\(name.text)'.")
            }
            // A damaged copy is none that could stay alone.
            guard present.contains(where: { $0.store != name && !$0.isDamaged }) else {
                throw Fault.forbidden("Cannot delete the data of image \(id) from the only store that has them.")
            }
            try ImportStart.checkFree(former)
            try CopyBook.drop(id, from: name, in: transaction)
            var image = former
            image.updated = now
            image.stores = try CopyBook.stores(of: id, in: transaction)
            try ImageBook.save(image, replacing: former, in: transaction)
        }
        return .empty()
    }
}
