import API
import Clients
import Model
import Store
import Workflows

/// Begins an import in the caller's transaction: image, task and workflow at once.
struct ImportStart: Sendable {
    private let journal: WorkflowJournal
    private let task: ImageTaskID
    private let workflow: WorkflowID
    private let now: Timestamp

    init(journal: WorkflowJournal, task: ImageTaskID, workflow: WorkflowID, at now: Timestamp) {
        self.journal = journal
        self.task = task
        self.workflow = workflow
        self.now = now
    }

    /// - Parameters:
    ///   - former: as it is in the transaction
    ///   - certificate: of a signed image, fetched on behalf of the caller
    ///   - asked: what the client said, for the task
    ///
    /// Throws 409 where another import of the image goes on, its state forbids one, or its signature is not the one that the certificate
    /// was fetched for.
    func begin(
        _ former: Image, _ kind: ImageTask.Kind, _ method: ImportMethod, to stores: [StoreName],
        from address: WebAddress?,
        expecting hash: ExpectedHash? = nil, certificate: SigningCertificate?, allMustSucceed: Bool,
        asked: [JSONValue.Member], _ call: Call,
        in transaction: any Transaction
    ) throws {
        try Self.checkFree(former)
        try SigningCertificate.check(certificate, stillOf: former, method)
        var image = former
        if let event = method.event { _ = try image.apply(event) }
        image.updated = now
        try ImportMarks.begin(task, to: stores, &image)
        try ImageBook.save(image, replacing: former, in: transaction)
        var input = JSONWriter()
        input.value(.object([.init("image_id", .text(image.id.description))] + asked))
        try TaskBook.insert(
            ImageTask(
                id: task, of: image.id, kind, input: String(decoding: input.bytes, as: UTF8.self), call: call, at: now),
            in: transaction)
        try journal.start(
            ImportWorkflow.kind, id: workflow, subject: image.id.description,
            input: ImportWorkflow.Input(
                image: image.id, task: task, method: method, stores: stores.map(\.text),
                allMustSucceed: allMustSucceed, address: address?.description, expected: hash, certificate: certificate),
            on: WorkflowBehalf(user: call.caller.user, project: call.caller.project, request: call.requestID),
            at: now, in: transaction)
    }

    /// Throws 409 where an import of the image goes on.
    static func checkFree(_ image: Image) throws(Fault) {
        guard try image.properties.values()[ImportMarks.task] == nil else {
            throw .conflict("Image \(image.id) has an active task; wait until that import has ended.")
        }
    }
}
