import HTTPTypes
import Link
import Model
import Store
import TestJSON
import TestPlacement
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
            try fleet.holdings(of: "host-a", in: $0).holdings
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

    /// Scheduled before the layout changed, bound after: the request follows its claim.
    @Test func `a bind under way with a former provider goes to the one that took its place`() async throws {
        let fixture = try await AcceleratorFixture()
        let cards = (1...3).map { Reports.device($0) }
        try await fixture.report(Reports.host(1, cards))
        try await fixture.profile("p", count: 2)
        let ids = try await fixture.requests("p")
        try await fixture.report(Reports.host(2, [group(cards)]))
        #expect(
            try await fixture.bind(ids, instance: Reports.instance(1), provider: Reports.provider(2)).status == 202)
        for id in ids {
            let bound = try await fixture.show(id)
            #expect(bound["state"] == "Bound" && bound["device_rp_uuid"].text == "\(Reports.provider(99))")
        }
        let unknown = try await fixture.requests("p")
        #expect(
            try await fixture.bind(unknown, instance: Reports.instance(2), provider: Reports.provider(7)).status == 404)
        #expect(try await fixture.handleStates() == ["available": 1, "held": 2])
    }

    /// A group that was dissolved: Placement knows where the claim went.
    @Test func `of a provider that was divided the claim says which part is meant`() async throws {
        let fixture = try await AcceleratorFixture()
        let cards = (1...3).map { Reports.device($0) }
        try await fixture.report(Reports.host(1, [group(cards)]))
        try await fixture.profile("p", count: 2)
        try await fixture.report(Reports.host(2, cards))
        let ids = try await fixture.requests("p")
        // Nothing is claimed: refused, and nothing is held.
        let refused = try await fixture.bind(ids, instance: Reports.instance(1), provider: Reports.provider(99))
        #expect(refused.status == 409)
        #expect(try await fixture.handleStates() == ["available": 3])
        fixture.placement.hold(Reports.instance(1), [Reports.provider(1): 1, Reports.provider(3): 1])
        #expect(
            try await fixture.bind(ids, instance: Reports.instance(1), provider: Reports.provider(99)).status == 202)
        var providers: Set<String> = []
        for id in ids { providers.insert(try await fixture.show(id)["device_rp_uuid"].text) }
        #expect(providers == ["\(Reports.provider(1))", "\(Reports.provider(3))"])
        // Laid out in a group again, the group is itself.
        try await fixture.report(Reports.host(3, [group(cards)]))
        let others = try await fixture.requests("p")
        let full = try await fixture.bind(others, instance: Reports.instance(2), provider: Reports.provider(99))
        #expect(full.status == 404)
        #expect(try await fixture.handleStates() == ["available": 1, "held": 2])
    }

    /// The compute service attaches one function for each request of a server: of a group, each member has one.
    @Test func `a device group is handed over whole`() async throws {
        let fixture = try await AcceleratorFixture()
        var card = Reports.device(1)
        card.deployables[0].handles[0] = AttachHandleReport(
            type: .pci,
            info: [
                "domain": "0000", "bus": "82", "device": "10", "function": "0", "managed": "true", "group": "g1",
                "members": "0000:82:10.0,0000:82:10.1,0001:c1:00.4",
            ])
        try await fixture.report(Reports.host(1, [card]))
        try await fixture.profile("p")
        let ids = try await fixture.requests("p")
        try await fixture.bind(ids, instance: Reports.instance(1), provider: Reports.provider(1))
        let path = "/v2/accelerator_requests?instance=\(Reports.instance(1))"
        for query in ["", "&bind_state=resolved"] {
            let all = try await fixture.call(.get, path + query).json["arqs"].array
            #expect(all.count == 3 && Set(all.map { $0["uuid"].text }).count == 3)
            #expect(all.first?["uuid"].text == ids[0])
            let places = all.map { arq in
                ["domain", "bus", "device", "function"].map { arq["attach_handle_info"][$0].text }.joined(
                    separator: ":")
            }
            #expect(places == ["0000:82:10:0", "0000:82:10:1", "0001:c1:00:4"])
            for arq in all {
                #expect(arq["attach_handle_info"]["managed"] == "true" && arq["state"] == "Bound")
                #expect(arq["attach_handle_type"] == "PCI" && arq["instance_uuid"].text == "\(Reports.instance(1))")
                #expect(arq["attach_handle_uuid"] == all[0]["attach_handle_uuid"])
            }
        }
        // It is one request and one handle.
        #expect(try await fixture.call(.get, "/v2/accelerator_requests").json["arqs"].array.count == 1)
        #expect(try await fixture.handleStates() == ["held": 1])
        try await fixture.call(.delete, path, as: .memberThroughService)
        #expect(try await fixture.handleStates() == ["available": 1])
        #expect(try await fixture.call(.get, path).json["arqs"].array.isEmpty)
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
