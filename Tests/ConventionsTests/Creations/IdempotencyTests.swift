import Conventions
import HTTPTypes
import Model
import Store
import Testing

@Suite struct IdempotencyTests {
    @Test func `the same key and body make one thing, and get one response`() async throws {
        let widgets = try await WidgetService()
        let first = try await widgets.make("a", key: "k1")
        #expect(first.status == 201 && !first.isReplayed)
        let again = try await widgets.make("a", key: "k1")
        #expect(again.status == 201 && again.isReplayed)
        #expect(again.bytes == first.bytes)
        #expect(again.headers[.location] == first.headers[.location] && first.headers[.location] != nil)
        #expect(try await widgets.count() == 1)
        // Without a key, or with another one, it is another request.
        #expect(try await widgets.make("a").status == 409)
        #expect(try await widgets.make("a", key: "k2").status == 409)
        #expect(try await widgets.make("b", key: "k2").status == 201)
    }

    @Test func `members in another order are the same body`() async throws {
        let widgets = try await WidgetService()
        let first = try await widgets.call(.post, "/widgets", #"{"name": "a", "count": 1}"#, key: "k")
        let again = try await widgets.call(.post, "/widgets", #"{ "count":1,"name":"a" }"#, key: "k")
        #expect(first.status == 201 && again.isReplayed && again.bytes == first.bytes)
    }

    @Test func `the same key with another body is refused`() async throws {
        let widgets = try await WidgetService()
        _ = try await widgets.make("a", key: "k")
        for body in [#"{"name": "b"}"#, #"{"name": "a", "count": 1}"#] {
            let refused = try await widgets.call(.post, "/widgets", body, key: "k")
            #expect(refused.status == 422)
            #expect(String(decoding: refused.bytes, as: UTF8.self).contains("'k' was used for another request"))
        }
        #expect(try await widgets.count() == 1)
    }

    @Test func `a request that fails uses no key up`() async throws {
        let widgets = try await WidgetService()
        _ = try await widgets.make("taken")
        #expect(try await widgets.make("wrong", key: "k").status == 400)
        #expect(try await widgets.make("taken", key: "k").status == 409)
        #expect(try await widgets.count("idempotency_keys") == 0)
        #expect(try await widgets.make("free", key: "k").status == 201)
        #expect(try await widgets.count("idempotency_keys") == 1)
    }

    @Test func `projects share no keys, users of one project do`() async throws {
        let widgets = try await WidgetService()
        let red = try await widgets.make("a", key: "k")
        #expect(try await widgets.make("b", key: "k", as: "ann:blue").status == 201)
        let colleague = try await widgets.make("a", key: "k", as: "bob:red")
        #expect(colleague.isReplayed && colleague.bytes == red.bytes)
    }

    @Test func `many at once make one thing`() async throws {
        let widgets = try await WidgetService()
        let answers = try await withThrowingTaskGroup(of: WidgetService.Answer.self) { group in
            for _ in 0..<8 { group.addTask { try await widgets.make("a", key: "k") } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.allSatisfy { $0.status == 201 })
        #expect(Set(answers.map(\.bytes)).count == 1)
        #expect(answers.count { !$0.isReplayed } == 1)
        #expect(try await widgets.count() == 1)
    }

    @Test func `a key stands for its response for a day`() async throws {
        let widgets = try await WidgetService()
        _ = try await widgets.make("a", key: "k")
        widgets.clock.advance(.seconds(24 * 3600 - 1))
        try await widgets.creations.sweep()
        #expect(try await widgets.make("a", key: "k").isReplayed)
        widgets.clock.advance(.seconds(1))
        // Whether it was swept meanwhile or not, it is free.
        #expect(try await widgets.make("b", key: "k").status == 201)
        #expect(try await widgets.count("idempotency_keys") == 1)
        widgets.clock.advance(.seconds(24 * 3600))
        try await widgets.creations.sweep()
        #expect(try await widgets.count("idempotency_keys") == 0)
    }

    @Test(arguments: ["", "two words", "\u{e4}", String(repeating: "k", count: 256)])
    func `what is no key is refused`(key: String) async throws {
        let widgets = try await WidgetService()
        #expect(try await widgets.make("a", key: key).status == 400)
        #expect(try await widgets.make("a", key: String(repeating: "k", count: 255)).status == 201)
    }

    @Test func `earlier versions know no keys`() async throws {
        let widgets = try await WidgetService()
        #expect(try await widgets.make("a", key: "two words", version: "2.4").status == 201)
        #expect(try await widgets.make("a", key: "two words", version: "2.4").status == 409)
        #expect(try await widgets.make("b", query: "?dry_run=true", version: "2.4").status == 400)
        #expect(try await widgets.count("idempotency_keys") == 0)
    }
}
