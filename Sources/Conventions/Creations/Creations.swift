public import API
import HTTPTypes
public import Model
public import Store

/// The POSTs of a service that make something. From one version on each heeds `Idempotency-Key` and `dry_run=true`, in the same way in
/// every service:
///
/// - The same key with the same body, within 24 hours and in the same project, gets the first response again, marked
///   `Idempotent-Replayed`; with another body it gets 422. The response is kept in the transaction that makes the thing, so that there
///   is never one without the other. A request that fails uses no key up.
/// - A dry run is validated and carried out like any other request, and then rolled back. It responds with status 200 and what would be.
public struct Creations: Sendable {
    private let store: any StateStore
    private let time: TimeSource
    private let book: IdempotencyBook
    /// The first version that heeds them; nil where every version does.
    private let since: APIVersion?
    private let dryRun: QueryParameter<Bool>

    /// - Parameters:
    ///   - service: whose keys they are: `accelerator`
    ///   - since: the first version with keys and dry runs; nil where every version has them
    public init(of service: String, store: any StateStore, time: TimeSource, since: APIVersion? = nil) {
        self.store = store
        self.time = time
        self.since = since
        book = IdempotencyBook(service: service)
        dryRun = QueryParameter(
            "dry_run", "Validate everything and make nothing; the response has status 200 and shows what would be made",
            since: since)
    }

    /// The endpoint that makes something, in each of its versions.
    ///
    /// - Parameters:
    ///   - answer: where it is made
    ///   - make: validates the request, and makes it by `Creation.write`
    public func endpoints<Body: Decodable & Sendable>(
        _ path: PathTemplate, _ summary: String, body: Body.Type, schema: Schema? = nil, access: Endpoint.Access,
        answer: Endpoint.Answer, faults: [Fault.Kind],
        make: @escaping @Sendable (Call, Body, Creation) async throws -> Reply
    ) -> [Endpoint] {
        let schema = schema ?? Schema.of(Body.self)
        let replayed = IdempotencyKey.replayed.map {
            AnswerHeader($0, "true where it is the first response to this Idempotency-Key, sent again", always: false)
        }
        let rehearsed = Endpoint.Answer(status: 200, schema: answer.schema, note: "A dry run: nothing is made.")
        let keyed = Endpoint(
            .post, path, summary, since: since, query: QueryRules([dryRun.description]),
            body: KeyedBody<Body>.self, schema: schema, access: access,
            answers: answer.sending(replayed.map { [$0] } ?? []),
            rehearsed.sending(answer.headers.filter { $0.name != .location }),
            faults: faults + [.conflict, .unprocessable].filter { !faults.contains($0) }
        ) { call, keyed in
            let creation = Creation(
                store: store, at: time.now(), book: book,
                key: try IdempotencyKey(call, method: .post, body: keyed.sent),
                isDryRun: try call[dryRun] ?? false)
            if let first = try await creation.first() { return first }
            return try await make(call, keyed.body, creation)
        }.heeding(IdempotencyKey.parameter(since: since))
        guard let since else { return [keyed] }
        let plain = Endpoint(
            .post, path, summary, before: since, body: body, schema: schema, access: access, answers: answer,
            faults: faults
        ) { call, body in
            let creation = Creation(store: store, at: time.now(), book: book, key: nil, isDryRun: false)
            return try await make(call, body, creation)
        }
        return [plain, keyed]
    }

    /// Removes keys that stand for nothing any more, a thousand in a transaction. Call it now and then, on any replica.
    public func sweep() async throws {
        let now = time.now()
        while try await store.write({ try IdempotencyBook.sweep(at: now, most: 1000, in: $0) }) == 1000 {
            try Task.checkCancellation()
        }
    }
}
