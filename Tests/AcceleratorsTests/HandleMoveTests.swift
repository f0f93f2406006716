import HTTPTypes
import Link
import Model
import Store
import TestJSON
import Testing

@testable import Accelerators

/// A report that has a host's handles below other deployables than the record: they move with whoever holds them.
@Suite struct HandleMoveTests {
    private func group(_ devices: [DeviceReport]) -> DeviceReport {
        var group = devices[0]
        group.controlPath = "{\"group\": \"g\"}"
        group.deployables[0].name = "group"
        group.deployables[0].resourceProvider = Reports.provider(99)
        group.deployables[0].accelerators = devices.count
        group.deployables[0].handles = devices.flatMap { $0.deployables.flatMap(\.handles) }
        return group
    }

    @Test func `what is bound stays bound, there and back`() async throws {
        let fixture = try await AcceleratorFixture()
        let cards = (1...4).map { Reports.device($0, needsCleaning: true) }
        try await fixture.report(Reports.host(1, cards))
        try await fixture.profile("p")
        let ids = try await fixture.requests("p")
        #expect(
            try await fixture.bind(ids, instance: Reports.instance(1), provider: Reports.provider(2)).status == 202)
        let before = try await fixture.show(ids[0])
        #expect(before["device_rp_uuid"].text == "\(Reports.provider(2))")

        try await fixture.report(Reports.host(2, [group(cards)]))
        let moved = try await fixture.show(ids[0])
        #expect(moved["state"] == "Bound" && moved["device_rp_uuid"].text == "\(Reports.provider(99))")
        #expect(moved["attach_handle_uuid"] == before["attach_handle_uuid"])
        #expect(moved["attach_handle_info"] == before["attach_handle_info"])
        #expect(try await fixture.handleStates() == ["available": 3, "held": 1])
        #expect(try await fixture.call(.get, "/v2/deployables").json["deployables"].array.count == 1)
        #expect(try await fixture.call(.get, "/v2/devices").json["devices"].array.count == 1)
        #expect(try await fixture.withheld() == [])
        let holdings = try await fixture.store.read { [fleet = fixture.service.fleet] in
            try fleet.holdings(of: "host-a", in: $0)
        }
        #expect(holdings.map(\.instance) == [Reports.instance(1)] && holdings.map(\.provider) == [Reports.provider(99)])
        #expect(holdings.first?.info == cards[1].deployables[0].handles[0].info)

        // The rest of the group can be had, and no more than that.
        let others = try await (0..<4).asyncMap { _ in try await fixture.requests("p") }
        for (index, request) in others.enumerated() {
            let answer = try await fixture.bind(
                request, instance: Reports.instance(10 + index), provider: Reports.provider(99))
            #expect(answer.status == (index < 3 ? 202 : 404))
        }

        try await fixture.report(Reports.host(3, cards))
        let back = try await fixture.show(ids[0])
        #expect(back["device_rp_uuid"] == before["device_rp_uuid"])
        #expect(back["attach_handle_uuid"] == before["attach_handle_uuid"])
        #expect(try await fixture.handleStates() == ["held": 4])
        #expect(try await fixture.call(.get, "/v2/deployables").json["deployables"].array.count == 4)
        // What was cleaned in between is free where it is.
        try await fixture.call(
            .delete, "/v2/accelerator_requests?instance=\(Reports.instance(1))", as: .memberThroughService)
        let work = try await fixture.work()
        #expect(work.map(\.kind) == [.clean])
        try await fixture.report(Reports.host(4, [group(cards)]))
        if let item = work.first { try await fixture.finish(item) }
        #expect(try await fixture.handleStates() == ["available": 1, "held": 3])
    }

    @Test func `of two deployables that both have a handle neither loses it`() async throws {
        let fixture = try await AcceleratorFixture()
        let cards = (1...2).map { Reports.device($0) }
        try await fixture.report(Reports.host(1, cards))
        var odd = cards[1]
        odd.deployables[0].handles.append(cards[0].deployables[0].handles[0])
        try await fixture.report(Reports.host(2, [cards[0], odd]))
        try await fixture.report(Reports.host(3, cards))
        #expect(try await fixture.handleStates() == ["available": 2])
    }
}

extension Sequence {
    fileprivate func asyncMap<Result>(_ body: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await body(element)) }
        return results
    }
}
