import Clients
import Model
import Store

/// Reserves the complete capacity of a host's providers in Placement when the host's agent cannot, and remembers what
/// was reserved before, so that an administrator's own reservation is restored.
///
/// Idempotent. A provider whose capacity is already withheld (by its agent, or by hand) is left alone.
struct Withholding: Sendable {
    let store: any StateStore
    let placement: any PlacementClient

    /// How often a provider is retried if others write to it.
    private static let tries = 8

    func withhold(_ host: HostName) async throws {
        let providers = try await store.read { transaction in
            try transaction.all(
                """
                SELECT DISTINCT p.resource_provider FROM deployables p JOIN devices d ON d.uuid = p.device
                WHERE d.host = \(host) ORDER BY p.resource_provider
                """
            ) { row in try row[0] as ResourceProviderID }
        }
        for provider in providers {
            try await change(provider) { inventories in
                let open = inventories.filter { $0.value.reserved < $0.value.total }
                try await remember(open, of: provider, on: host)
                return open.mapValues { inventory in
                    var inventory = inventory
                    inventory.reserved = inventory.total
                    return inventory
                }
            }
        }
    }

    func giveBack(_ host: HostName) async throws {
        let remembered = try await store.read { transaction in
            try transaction.all(
                "SELECT provider, resource_class, reserved FROM withheld_capacity WHERE host = \(host)"
            ) { row in
                let provider: ResourceProviderID = try row[0]
                let resourceClass: ResourceClass = try row[1]
                let reserved: Int = try row[2]
                return (provider, resourceClass, reserved)
            }
        }
        for (provider, own) in Dictionary(grouping: remembered, by: \.0).sorted(by: { $0.key < $1.key }) {
            let before = Dictionary(own.map { ($0.1, $0.2) }) { first, _ in first }
            try await change(provider) { inventories in
                // Another amount than the total is somebody's newer wish.
                var changed: [ResourceClass: Inventory] = [:]
                for (resourceClass, reserved) in before {
                    guard var inventory = inventories[resourceClass], inventory.reserved >= inventory.total,
                        reserved < inventory.total
                    else { continue }
                    inventory.reserved = reserved
                    changed[resourceClass] = inventory
                }
                return changed
            }
            try await store.write { transaction in
                _ = try transaction.execute("DELETE FROM withheld_capacity WHERE provider = \(provider)")
            }
        }
    }

    /// Writes the result of `change` to the provider's inventories, if it returns any.
    private func change(
        _ provider: ResourceProviderID,
        _ change: ([ResourceClass: Inventory]) async throws -> [ResourceClass: Inventory]
    ) async throws {
        for _ in 0..<Self.tries {
            guard let view = try await inventories(of: provider) else { return }
            let changed = try await change(view.inventories)
            if changed.isEmpty { return }
            if try await write(view.inventories.merging(changed) { $1 }, of: provider, at: view.generation) { return }
        }
        throw Fault.conflict("Other clients keep changing the inventories of \(provider); nothing was changed.")
    }

    /// Nil if the provider no longer exists.
    private func inventories(of provider: ResourceProviderID) async throws(Fault) -> InventoriesView? {
        do {
            return try await placement.inventories(of: provider)
        } catch {
            guard error.kind == .notFound else { throw error }
            return nil
        }
    }

    /// Returns false if somebody else wrote in between. A provider that no longer exists needs nothing.
    private func write(
        _ inventories: [ResourceClass: Inventory], of provider: ResourceProviderID, at generation: Int
    ) async throws(Fault) -> Bool {
        do {
            _ = try await placement.setInventories(of: provider, generation: generation, to: inventories)
            return true
        } catch {
            if error.kind == .notFound { return true }
            guard error.kind == .conflict, error.code == "placement.concurrent_update" else { throw error }
            return false
        }
    }

    private func remember(
        _ open: [ResourceClass: Inventory], of provider: ResourceProviderID, on host: HostName
    ) async throws {
        guard !open.isEmpty else { return }
        try await store.write { transaction in
            for (resourceClass, inventory) in open.sorted(by: { $0.key.name < $1.key.name }) {
                try transaction.execute(
                    """
                    INSERT INTO withheld_capacity (provider, resource_class, host, reserved)
                    VALUES (\(provider), \(resourceClass), \(host), \(inventory.reserved))
                    ON CONFLICT (provider, resource_class) DO UPDATE SET host = excluded.host,
                        reserved = excluded.reserved
                    """)
            }
        }
    }
}
