import Foundation
import Model
import Store
import Testing

@testable import Fleet
@testable import Link

/// A later release's work among work that is known: it spoils nothing, and is refused by its name.
@Suite(.timeLimit(.minutes(10))) struct ForeignWorkTests {
    static let known = LinkWorld.item(1)
    static let id = WorkItemID(UUID())

    /// An item with one member that is not of this release.
    static func foreign(_ member: String, _ value: String) throws -> String {
        var item = LinkWorld.item(2)
        item.id = id
        var members = try #require(
            JSONSerialization.jsonObject(with: JSONEncoder().encode(item)) as? [String: Any])
        members[member] = value
        members["more"] = ["a": 1]
        return String(decoding: try JSONSerialization.data(withJSONObject: members), as: UTF8.self)
    }

    static let cases = [
        ("kind", "program", "work of the kind 'program'"), ("handleType", "DAX", "attach handles of the type 'DAX'"),
        ("deadline", "never", "work items of this form"),
    ]

    @Test(arguments: cases)
    func `a line keeps what is known beside it`(member: String, value: String, title: String) throws {
        let known = String(decoding: try JSONEncoder().encode(Self.known), as: UTF8.self)
        let line = """
            {"revision": 4, "nonce": "n", "disabled": [], "work": [\(try Self.foreign(member, value)), \(known)], "later": {}}
            """
        let state = try JSONDecoder().decode(DesiredState.self, from: Data(line.utf8))
        #expect(state.work == [Self.known])
        #expect(state.foreign.map(\.id) == [Self.id] && state.foreign.map(\.title) == [title])
        // Whoever hands it on loses nothing of it.
        let again = try JSONDecoder().decode(DesiredState.self, from: JSONEncoder().encode(state))
        #expect(again.work == state.work && again.foreign.map(\.id) == [Self.id])
        let handed = String(decoding: try JSONEncoder().encode(state), as: UTF8.self)
        #expect(handed.contains("\"more\":{\"a\":1}") && handed.contains("\"\(value)\""))
    }

    @Test func `what has no id is no work at all`() {
        let line = #"{"revision": 4, "nonce": "n", "disabled": [], "work": [{"kind": "program"}]}"#
        #expect(throws: (any Error).self) { try JSONDecoder().decode(DesiredState.self, from: Data(line.utf8)) }
    }

    /// An earlier replica beside a later one hands on what that one wants, and leaves the outcome to it.
    @Test func `an earlier replica goes on`() async throws {
        let host: HostName = "compute-1"
        let body = try Self.foreign("kind", "program")
        try await LinkWorld.run { world in
            try await world.enqueue(Self.known, on: host)
            let now = world.clock.source.now()
            try await world.write { transaction in
                try transaction.execute(
                    """
                    INSERT INTO work_items (id, host, state, body, created_at)
                    VALUES (\(Self.id), \(host), 'wanted', \(body), \(now))
                    """)
                try HostDirectory.advance(host, at: now, in: transaction)
            }
            var lines = try await world.hub.desiredStates(of: host, after: 0).makeAsyncIterator()
            let line = try #require(await lines.next { !$0.foreign.isEmpty })
            #expect(line.work == [Self.known] && line.foreign.map(\.title) == ["work of the kind 'program'"])
            let fault = await #expect(throws: Fault.self) {
                try await world.reception.finish(Self.id, .failed("why"), from: host)
            }
            #expect(fault?.kind == .unavailable && fault?.message.contains("'program'") == true)
            try await world.reception.finish(Self.known.id, .done, from: host)
            #expect(await lines.next { $0.work.isEmpty }?.foreign.count == 1)
        }
    }
}
