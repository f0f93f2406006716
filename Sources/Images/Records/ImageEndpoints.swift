import API
import Conventions
import HTTPTypes
import Model
import Store

/// `/v2/images`.
struct ImageEndpoints: Sendable {
    let store: any StateStore
    let creations: Creations
    let options: ImageOptions
    let stores: StoreShelf
    let limits: ImageLimits
    let time: TimeSource
    let ids: IDSource

    static let id = PathParameter<ImageID>(
        "image_id", "The image's id", malformed: .notFound, refusal: { "No image found with ID \($0)" })

    private var schema: ImageSchema { ImageSchema(options: options) }

    private static let parameters: [ParameterDescription] = [
        ImagePage.limit.description, ImagePage.markerParameter.description, ImageSort.newOrder.description,
        ImageSort.keys.description, ImageSort.directions.description,
        QueryParameter<String>("visibility", "public, private, shared, community or all").description,
        QueryParameter<String>(
            "member_status", "Of images shared with the caller: accepted (the default), pending, rejected or all"
        ).description,
        QueryParameter<String>(
            "tag", "Only images with this tag; with all, where it stands more than once", repeatable: true
        )
        .description,
        QueryParameter<String>("os_hidden", "true: only hidden images; false: only others").description,
        QueryParameter<String>("protected", "true or false").description,
        QueryParameter<String>("name", "A name, or `in:` and several").description,
        QueryParameter<String>("id", "An id, or `in:` and several").description,
        QueryParameter<String>("status", "A status, or `in:` and several").description,
        QueryParameter<String>("disk_format", "A format, or `in:` and several").description,
        QueryParameter<String>("container_format", "A format, or `in:` and several").description,
        QueryParameter<String>("size_min", "The smallest size in bytes").description,
        QueryParameter<String>("size_max", "The largest size in bytes").description,
        QueryParameter<String>("created_at", "A time, perhaps after gt:, gte:, lt:, lte:, eq: or neq:").description,
        QueryParameter<String>("updated_at", "A time, perhaps after gt:, gte:, lt:, lte:, eq: or neq:").description,
    ]

    private static let methods = AnswerHeader(
        .imageImportMethods, "How data can be imported, separated by commas; not there where they cannot", always: false
    )
    private static let storeNames = AnswerHeader(
        .imageStores, "The stores, separated by commas, where there are several", always: false)

    var all: [Endpoint] {
        let image = Endpoint.Answer(status: 200, schema: schema.image)
        return [
            Endpoint(
                .get, "/v2/images", "List images", query: QueryRules(Self.parameters, unknown: .collect),
                access: .rule("get_images"), answers: Endpoint.Answer(status: 200, schema: schema.list)
            ) { call in try await list(call) },
            Endpoint(
                .get, "/v2/images/\(Self.id)", "Show an image", query: .anything, access: .ruleInHandler("get_image"),
                answers: image
            ) { call in try await show(call) },
            Endpoint(
                .patch, "/v2/images/\(Self.id)", "Change an image", query: .anything,
                body: .patch([ImageChange.form: ImageSchema.changes, ImageChange.oldForm: ImageSchema.changes]),
                access: .ruleInHandler("modify_image"), answers: image, faults: [.conflict]
            ) { (call: Call, document: PatchDocument) in try await update(call, document) },
            Endpoint(
                .delete, "/v2/images/\(Self.id)", "Delete an image", query: .anything,
                access: .ruleInHandler("delete_image"), answers: .empty()
            ) { call in try await delete(call) },
        ]
            + creations.endpoints(
                "/v2/images", "Create an image", body: JSONValue.self, schema: schema.creation,
                access: .ruleInHandler("add_image"),
                answer: Endpoint.Answer(status: 201, schema: schema.image).sending(
                    .location, Self.methods, Self.storeNames),
                faults: [.conflict]
            ) { call, body, creation in try await create(call, body, creation) }
    }

    private func list(_ call: Call) async throws -> Reply {
        let access = ImageAccess(call)
        let page = try ImagePage(call, options)
        let sort = try ImageSort(call)
        let filter = try ImageFilter(call.rawQuery)
        let found = try await store.read { transaction -> [Image] in
            var conditions = filter.within(access.scope)
            if let id = page.marker {
                guard let marker = try ImageBook.find(id, access.scope, in: transaction) else {
                    throw ImagePage.unknown(id.description)
                }
                conditions += " AND " + sort.after(marker)
            }
            let limit = page.size
            if limit == 0 { return [] }
            return try transaction.all(
                "SELECT \(Image.columns) FROM images i WHERE \(conditions)\(sort.order) LIMIT \(limit)"
            ) { row in try Image(row) }
        }
        // What the policy hides is taken away after the page is cut, so that a page may be shorter than the next one's marker says.
        let shown = found.filter { access.allows("get_image", $0) }
        var json = JSONWriter(capacity: 256 + 1024 * shown.count)
        json.object { json in
            json.member("images") { json in
                json.array(shown) { json, image in view(image).write(to: &json) }
            }
            json.member("first", page.first)
            json.member("schema", "/v2/schemas/images")
            if let last = found.last, found.count == page.size { json.member("next", page.next(after: last.id)) }
        }
        return .json(bytes: json.bytes)
    }

    private func show(_ call: Call) async throws -> Reply {
        let id = try call[Self.id]
        let access = ImageAccess(call)
        let image = try await store.read { try ImageBook.get(id, access.scope, in: $0) }
        try access.check("get_image", image)
        return .json(bytes: view(image).bytes)
    }

    private func create(_ call: Call, _ body: JSONValue, _ creation: Creation) async throws -> Reply {
        let access = ImageAccess(call)
        let draft = try ImageDraft(body)
        let image = try draft.image(id: ids.next(), of: call.caller.project, at: time.now(), options)
        try allowCreation(of: image, access)
        let check = try await limits.check(call.caller.project, [.count: 1])
        var headers: HTTPFields = [:]
        headers[.location] = "\(call.origin)\(call.mount)/v2/images/\(image.id)"
        if !options.importMethods.isEmpty {
            headers[.imageImportMethods] = options.importMethods.joined(separator: ",")
        }
        if stores.isPlural { headers[.imageStores] = stores.publicNames.joined(separator: ",") }
        let reply = Reply.json(bytes: view(image).bytes, status: 201, headers: headers)
        return try await creation.write { transaction in
            try check?.enforce(in: transaction)
            try ImageBook.insert(image, in: transaction)
            return reply
        }
    }

    private func allowCreation(of image: Image, _ access: ImageAccess) throws(Fault) {
        let target = access.target(of: image)
        do throws(Fault) {
            try access.call.authorize("add_image", target: target)
        } catch {
            guard image.owner != access.scope.project, let owner = image.owner else { throw error }
            throw .forbidden("You are not permitted to create images owned by '\(owner.text.shown)'")
        }
        try access.check(image.visibility, target)
    }

    private func update(_ call: Call, _ document: PatchDocument) async throws -> Reply {
        let id = try call[Self.id]
        let changes = try ImageChange.list(document)
        let access = ImageAccess(call)
        let editor = ImageEditor(access: access, options: options)
        let now = time.now()
        let image = try await store.write { transaction -> Image in
            let former = try ImageBook.get(id, access.scope, in: transaction)
            try access.check("get_image", former)
            if changes.isEmpty { return former }
            var image = try editor.edit(former, changes)
            image.updated = now
            try ImageBook.save(image, replacing: former, in: transaction)
            return image
        }
        return .json(bytes: view(image).bytes)
    }

    private func delete(_ call: Call) async throws -> Reply {
        let id = try call[Self.id]
        let access = ImageAccess(call)
        try await store.write { transaction in
            let image = try ImageBook.get(id, access.scope, in: transaction)
            try access.check("delete_image", image)
            guard !image.isProtected else {
                throw Fault.forbidden("Image \(id) is protected and cannot be deleted.")
            }
            try ImageBook.delete(id, in: transaction)
        }
        return .empty()
    }

    private func view(_ image: Image) -> ImageView { ImageView(image: image, showsStores: stores.isPlural) }
}

extension HTTPField.Name {
    /// `OpenStack-image-import-methods`: by it clients decide how to bring data.
    static let imageImportMethods = HTTPField.Name("OpenStack-image-import-methods") ?? .location
    /// `OpenStack-image-store-ids`.
    static let imageStores = HTTPField.Name("OpenStack-image-store-ids") ?? .location
}
