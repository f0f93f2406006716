import Foundation
import Link
import Model
import Testing

/// A later release's work among work that is known: it spoils nothing, loses nothing, and has a name.
@Suite struct WorkItemTests {
    static let known = LinkWorld.item(1)
    static let id = WorkItemID(UUID())

    /// An item of the party `devices` with one member that is not of this release.
    static func later(_ member: String, _ value: String) throws -> String {
        var work = LinkWorld.item(2)
        work.id = id
        var members = try #require(
            JSONSerialization.jsonObject(with: Data(work.item.json.utf8)) as? [String: Any])
        members[member] = value
        members["more"] = ["a": 1]
        return String(
            decoding: try JSONSerialization.data(withJSONObject: members, options: .sortedKeys), as: UTF8.self)
    }

    static let cases = [
        ("kind", "calibrate", "work of the kind 'calibrate'"),
        ("handleType", "DAX", "attach handles of the type 'DAX'"),
        ("deadline", "never", "work items of this form"), ("handle", "none", "work items of this form"),
        ("handleInfo", "none", "work items of this form"), ("request", "none", "work items of this form"),
        ("party", "servers", "work for 'servers'"),
    ]

    @Test(arguments: cases)
    func `a line keeps what is known beside it`(member: String, value: String, title: String) throws {
        let later = try Self.later(member, value)
        let line = """
            {"revision": 4, "nonce": "n", "disabled": [], "work": [\(later), \(Self.known.item.json)], "later": {}}
            """
        let state = try JSONDecoder().decode(DesiredState.self, from: Data(line.utf8))
        #expect(state.deviceWork == [Self.known] && state.work.map(\.id) == [Self.id, Self.known.id])
        let unknown = #expect(throws: UnknownWork.self) { try DeviceWork(state.work[0]) }
        #expect(unknown?.title == title)
        // Whoever hands it on loses nothing of it.
        #expect(state.work[0].json == later)
        #expect(try JSONDecoder().decode(DesiredState.self, from: JSONEncoder().encode(state)) == state)
    }

    @Test(arguments: [#"{"kind": "program"}"#, #"{"id": 7}"#, #"{"id": "none"}"#, "3", "null", #""text""#, "[[]]"])
    func `what has no id is no work at all, and spoils nothing beside it`(item: String) throws {
        let known = Self.known.item.json
        let line = #"{"revision": 4, "nonce": "n", "disabled": [], "work": [\#(item), \#(known), \#(item)]}"#
        let state = try JSONDecoder().decode(DesiredState.self, from: Data(line.utf8))
        #expect(state.deviceWork == [Self.known] && state.unreadableItems == 2)
        #expect(throws: Fault.self) { try WorkItem(json: #"{"kind": "program"}"#) }
    }

    @Test func `work of another party has an envelope of its own`() throws {
        let body = JSONValue.object([.init("memory", .integer(512)), .init("image", .text("cirros"))])
        let item = WorkItem(id: Self.id, party: "servers", kind: "boot", subject: "s", body: body, deadline: nil)
        let again = try WorkItem(json: item.json)
        #expect(again == item && again.party == "servers" && again.kind == "boot" && again.subject == "s")
        #expect(again.deadline == nil && again.body["image"] == .text("cirros"))
        #expect(again.body["memory"] == .integer(512))
    }

    @Test func `a section that is not understood spoils no other`() throws {
        let line = """
            {"revision": 4, "nonce": "n", "disabled": "all", "work": [], "sections": {"servers": {"console": true}}}
            """
        let state = try JSONDecoder().decode(DesiredState.self, from: Data(line.utf8))
        #expect(state.devices == nil && state.sections[.devices] != nil)
        #expect(state.sections["servers"]?["console"] == .bool(true))
    }
}
