import API
import Clients
import HTTPTypes
import Model
import Store
import Workflows

/// Tasks that older clients make: a new image, and its data from the web.
struct TaskCreation: Sendable {
    let store: any StateStore
    let options: ImageOptions
    let shelf: StoreShelf
    let limits: ImageLimits
    let rules: WebRules
    let signatures: SignatureCheck
    let journal: WorkflowJournal
    let time: TimeSource
    let ids: IDSource

    static let schema = Schema.object(
        ObjectSchema(
            [
                .required("type", .oneOfTexts([ImageTask.Kind.legacy.rawValue])),
                .required(
                    "input",
                    .object(
                        ObjectSchema([
                            .required("import_from", .string), .required("import_from_format", .string),
                            .required("image_properties", .object(ObjectSchema([], others: .ignored))),
                        ]))),
            ], others: .ignored))

    /// Throws 400 for an address that the rules refuse, and what a new image can be refused for.
    ///
    /// - Parameter body: valid by the schema
    func create(_ call: Call, _ body: JSONValue) async throws -> Reply {
        let input = body["input"] ?? .object([])
        let text = input.text("import_from") ?? ""
        guard let address = WebAddress(text), rules.admit(address) else {
            throw Fault.badRequest(
                "The address '\(text.shown)' does not pass filtering; it must be an http or https address outside.",
                field: "input.import_from")
        }
        let access = ImageAccess(call)
        let now = time.now()
        let image = try ImageDraft(input["image_properties"] ?? .object([]))
            .image(id: ids.next(), of: call.caller.project, at: now, options)
        guard image.containerFormat != nil, image.diskFormat != nil else {
            throw Fault.badRequest(
                "'container_format' and 'disk_format' must be set.", field: "input.image_properties")
        }
        try call.authorize("add_image", target: access.target(of: image))
        try access.check(image.visibility, access.target(of: image))
        let check = try await limits.check(call.caller.project, [.count: 1, .size: 0, .uploading: 1])
        let certificate = try await signatures.certificate(of: image, for: call.caller)
        let id: ImageTaskID = ids.next()
        let start = ImportStart(journal: journal, task: id, workflow: ids.next(), at: now)
        let asked = input.ownMembers
        let task = try await store.write { transaction -> ImageTask in
            try check?.enforce(in: transaction)
            try ImageBook.insert(image, in: transaction)
            try start.begin(
                image, .legacy, .web, to: [shelf.standard.name], from: address, certificate: certificate,
                allMustSucceed: true, asked: asked, call, in: transaction)
            guard let task = try TaskBook.find(id, in: transaction) else {
                throw Fault.internalError("a task is gone in the transaction that made it")
            }
            return task
        }
        var headers: HTTPFields = [:]
        headers[.location] = "\(call.origin)\(call.mount)/v2/tasks/\(task.id)"
        return try .json(TaskView(task), status: 201, headers: headers)
    }
}
