import API
import Conventions
import HTTPTypes
import Model
import Store

/// `/v2/devices`.
struct DeviceEndpoints: Sendable {
    let store: any StateStore
    let fleet: AcceleratorFleet
    let time: TimeSource

    private static let uuid = PathParameter<DeviceID>("uuid", "The device's id", malformed: .notFound)
    private static let type = QueryParameter<String>("type", "Only devices of this type, such as FPGA")
    private static let vendor = QueryParameter<String>("vendor", "Only devices of this vendor")
    private static let hostname = QueryParameter<String>("hostname", "Only devices of this host")
    private static let filters: [String: ListFilter.Field] = [
        "uuid": .init("uuid"), "type": .init("type"), "vendor": .init("vendor"), "model": .init("model"),
        "hostname": .init("host"), "status": .init("status"), "std_board_info": .init("standard_board_info"),
        "vendor_board_info": .init("vendor_board_info"), "id": .init("number", number: true),
        "created_at": .init("created_at", number: true), "updated_at": .init("updated_at", number: true),
    ]

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v2/devices", "List devices",
                query: QueryRules(
                    [
                        Self.type.description, Self.vendor.description, Self.hostname.description,
                        ListFilter.field.description, ListFilter.value.description,
                    ] + Page.parameters),
                access: .rule("cyborg:device:get_all"), answers: .json(DeviceListView.self)
            ) { call in try await list(call) },
            Endpoint(
                .get, "/v2/devices/\(Self.uuid)", "Show a device", access: .rule("cyborg:device:get_one"),
                answers: .json(DeviceView.self), faults: [.notFound]
            ) { call in try await show(call) },
            Endpoint(
                .post, "/v2/devices/\(Self.uuid)/enable", "Let new work be placed on a device",
                access: .rule("cyborg:device:enable"), answers: .empty(), faults: [.notFound]
            ) { call in try await set(.enabled, call) },
            Endpoint(
                .post, "/v2/devices/\(Self.uuid)/disable", "Keep new work off a device",
                access: .rule("cyborg:device:disable"), answers: .empty(), faults: [.notFound]
            ) { call in try await set(.maintaining, call) },
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        let filter = try ListFilter(call, fields: Self.filters, table: "devices")
        var conditions = filter.conditions
        if let type = try call.filter(Self.type) { conditions += " AND type = \(type)" }
        if let vendor = try call.filter(Self.vendor) { conditions += " AND vendor = \(vendor)" }
        if let hostname = try call.filter(Self.hostname) { conditions += " AND host = \(hostname)" }
        let page = try Page(call, filter)
        let (found, states) = try await store.read { [conditions] transaction in
            let after = try page.after(
                "number", at: { "SELECT number FROM devices WHERE uuid = \($0)" }, in: transaction)
            let devices = try transaction.all(
                """
                SELECT \(Device.columns) FROM devices WHERE \(conditions) AND \(after)\(filter.order)\(filter.limit)\(page.limit)
                """
            ) { row in try Device(row) }
            let states = page.size == nil ? [:] : try DeviceState.of(devices, in: transaction)
            return (devices, states)
        }
        let (shown, links) = page.cut(found, "devices", call) { "\($0.id)" }
        return try .list("devices", shown, pages: links) { try DeviceView($0, state: states[$0.id], call) }
    }

    private func show(_ call: Call) async throws -> Reply {
        let id = try call[Self.uuid]
        // What older versions do not show is not read either.
        let isNew = call.version >= .operations
        let found = try await store.read { transaction -> (Device, DeviceState?, [(Deployable, [AttributeReport])])? in
            let device = try transaction.first("SELECT \(Device.columns) FROM devices WHERE uuid = \(id)") { row in
                try Device(row)
            }
            guard let device else { return nil }
            guard isNew else { return (device, nil, []) }
            let parts = try DeployableEndpoints.read("d.uuid = \(id)", tail: " ORDER BY p.number", in: transaction)
            return (device, try DeviceState.of([device], in: transaction)[id], parts)
        }
        guard let (device, state, parts) = found else { throw Self.unknown(id) }
        let deployables = parts.map { DeployableView($0.0, attributes: $0.1, call) }
        return try .json(DeviceView(device, state: state, deployables: deployables, call))
    }

    private func set(_ status: Device.Status, _ call: Call) async throws -> Reply {
        let id = try call[Self.uuid]
        let now = time.now()
        let actor = Actor(call)
        try await store.write { [fleet] transaction in
            guard try fleet.set(status, of: id, by: actor, at: now, in: transaction) else { throw Self.unknown(id) }
        }
        return .empty()
    }

    private static func unknown(_ id: DeviceID) -> Fault { .notFound("There is no device \(id).") }
}
