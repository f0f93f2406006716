import Model
import Store

/// The complete record of one host, by the keys of reports.
struct ReportedInventory: Sendable {
    struct DeviceKey: Hashable, Sendable {
        let driver: String
        let controlPath: String
    }

    struct StoredDevice: Sendable {
        let id: DeviceID
        let report: DeviceReport
        let presence: DeviceLifecycle.Presence
        var deployables: [String: StoredDeployable] = [:]
    }

    struct StoredDeployable: Sendable {
        let id: DeployableID
        let name: String
        let resourceProvider: ResourceProviderID
        let resourceClass: String
        let accelerators: Int
        let traits: String
        let isPresent: Bool
        /// In the reported order.
        var attributes: [StoredAttribute] = []
        /// By the text of their content.
        var handles: [String: StoredHandle] = [:]

        /// Whether a part of it is held or not yet clean.
        var isHeld: Bool { handles.values.contains { !$0.isFree } }
    }

    struct StoredAttribute: Sendable {
        let id: AttributeID
        let key: String
        let value: String
    }

    struct StoredHandle: Sendable {
        let id: AttachHandleID
        let position: Int
        let type: String
        let needsPreparation: Bool
        let needsCleaning: Bool
        let isPresent: Bool
        let isFree: Bool
    }

    private(set) var devices: [DeviceKey: StoredDevice] = [:]

    /// Every recorded resource provider.
    var providers: Set<ResourceProviderID> {
        Set(devices.values.flatMap(\.deployables.values).map(\.resourceProvider))
    }

    /// The key of a recorded handle: its driver and the text of its content.
    struct HandleKey: Hashable, Sendable {
        let driver: String
        let content: String
    }

    struct Home: Sendable {
        let handle: StoredHandle
        let deployable: String
        let provider: ResourceProviderID
    }

    /// Every recorded handle of the host, with its places; held ones first.
    var homes: [HandleKey: [Home]] {
        var homes: [HandleKey: [Home]] = [:]
        for (key, device) in devices {
            for deployable in device.deployables.values {
                for (content, handle) in deployable.handles {
                    let home = Home(
                        handle: handle, deployable: deployable.name, provider: deployable.resourceProvider)
                    let place = HandleKey(driver: key.driver, content: content)
                    homes[place, default: []].insert(home, at: handle.isFree ? homes[place]?.count ?? 0 : 0)
                }
            }
        }
        return homes
    }

    init(of host: HostName, in transaction: any Transaction) throws {
        var handles: [DeployableID: [String: StoredHandle]] = [:]
        let own: SQL =
            "SELECT p.uuid FROM deployables p JOIN devices d ON d.uuid = p.device WHERE d.host = \(host)"
        try transaction.forEach(
            """
            SELECT deployable, info, uuid, position, type, needs_preparation, needs_cleaning, is_present, state
            FROM attach_handles WHERE deployable IN (\(own))
            """
        ) { row in
            let deployable: DeployableID = try row[0]
            let info: String = try row[1]
            handles[deployable, default: [:]][info] = StoredHandle(
                id: try row[2], position: try row[3], type: try row[4], needsPreparation: try row[5],
                needsCleaning: try row[6], isPresent: try row[7],
                isFree: try row[8] as String == HandleLifecycle.State.available.rawValue)
        }
        var attributes: [DeployableID: [StoredAttribute]] = [:]
        try transaction.forEach(
            """
            SELECT deployable, uuid, key, value FROM attributes
            WHERE is_reported = 1 AND deployable IN (\(own)) ORDER BY deployable, position
            """
        ) { row in
            let deployable: DeployableID = try row[0]
            attributes[deployable, default: []].append(
                StoredAttribute(id: try row[1], key: try row[2], value: try row[3]))
        }
        var deployables: [DeviceID: [String: StoredDeployable]] = [:]
        try transaction.forEach(
            """
            SELECT p.device, p.uuid, p.name, p.resource_provider, p.resource_class, p.accelerators, p.traits,
                p.is_present
            FROM deployables p JOIN devices d ON d.uuid = p.device WHERE d.host = \(host)
            """
        ) { row in
            let device: DeviceID = try row[0]
            let id: DeployableID = try row[1]
            let name: String = try row[2]
            deployables[device, default: [:]][name] = StoredDeployable(
                id: id, name: name, resourceProvider: try row[3], resourceClass: try row[4],
                accelerators: try row[5], traits: try row[6], isPresent: try row[7],
                attributes: attributes[id] ?? [], handles: handles[id] ?? [:])
        }
        try transaction.forEach(
            """
            SELECT uuid, driver, control_path, type, vendor, model, standard_board_info, vendor_board_info, facts,
                presence
            FROM devices WHERE host = \(host)
            """
        ) { row in
            let id: DeviceID = try row[0]
            let key = DeviceKey(driver: try row[1], controlPath: try row[2])
            let report = DeviceReport(
                type: try row.word(3), vendor: try row[4], model: try row[5],
                standardBoardInfo: try row[6], vendorBoardInfo: try row[7], controlPath: key.controlPath,
                driver: key.driver, facts: try JSONText.decode([String: String].self, from: try row[8]),
                deployables: [])
            devices[key] = StoredDevice(
                id: id, report: report,
                presence: try row.word(9),
                deployables: deployables[id] ?? [:])
        }
    }
}
