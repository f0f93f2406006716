import HTTPTypes
import Store
import TestJSON
import Testing

@Suite struct DryRunTests {
    @Test func `a dry run says what would be, and makes nothing`() async throws {
        let widgets = try await WidgetService()
        let dry = try await widgets.make("a", query: "?dry_run=true")
        #expect(dry.status == 200 && dry.json["name"] == "a")
        #expect(dry.headers[.location] == nil)
        #expect(try await widgets.count() == 0)
        #expect(try await widgets.make("a", query: "?dry_run=false").status == 201)
    }

    @Test func `a dry run is refused as the request itself would be`() async throws {
        let widgets = try await WidgetService()
        _ = try await widgets.make("taken")
        #expect(try await widgets.make("wrong", query: "?dry_run=true").status == 400)
        #expect(try await widgets.make("taken", query: "?dry_run=true").status == 409)
        #expect(try await widgets.make("a", query: "?dry_run=perhaps").status == 400)
        #expect(try await widgets.count() == 1)
    }

    @Test func `a dry run uses no key up, and replays none`() async throws {
        let widgets = try await WidgetService()
        #expect(try await widgets.make("a", key: "k", query: "?dry_run=true").status == 200)
        #expect(try await widgets.count("idempotency_keys") == 0)
        #expect(try await widgets.make("a", key: "k").status == 201)
        // The real request was carried out; what would be now is a conflict.
        #expect(try await widgets.make("a", key: "k", query: "?dry_run=true").status == 409)
    }
}
