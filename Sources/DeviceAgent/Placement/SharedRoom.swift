import Drivers
import Model

/// What of a host is shared by several inventories, and how much of each there is therefore.
///
/// Placement counts each inventory by itself. So each is kept at what is held of it and what more fits beside all that is held and all that the
/// host has:
///
///     claimed ──(made on the host)──▶ counted by the host ──(released: claim gone, then unmade)──▶ free
///        └── from here on the others' inventories are without it
///
/// Claims that came at once, before anybody looked, may exceed what fits by what they share; their binds wait for room until their
/// deadline and then say that there is none.
struct SharedRoom: Sendable, Equatable {
    /// A part of a pool, and its inventory.
    private struct Cell: Sendable, Equatable {
        let kind: String
        let part: CapacityPool.Part
        let place: ProviderPart
    }

    private struct Pool: Sendable, Equatable {
        let pool: CapacityPool
        let cells: [Cell]
        /// Whether Placement must be queried for its claims, because they say more than the host's state. Claims of
        /// functions with only one type do not: the functions are offered in a fixed order, and a claim takes one.
        let isAsked: Bool

        init(_ pool: CapacityPool, _ cells: [Cell]) {
            self.pool = pool
            self.cells = cells
            isAsked = Set(cells.map(\.kind)).count > 1 || cells.contains { $0.part.finding != .reusable }
        }
    }

    /// What exists of an inventory's parts.
    private struct Stand {
        /// Made for handles of this host.
        var ours = 0
        /// Found, and used by nobody, so that it can be used for a handle.
        var found = 0
        var spares = 0
    }

    private let pools: [Pool]
    private let prepared: Prepared

    /// What this agent prepared: by the handle, which is also a mediated device's name, and by its function.
    private struct Prepared: Sendable, Equatable {
        let handles: Set<String>
        let functions: Set<String>
        let infos: Set<[String: String]>

        init(_ prepared: [String: PreparedHandle]) {
            handles = Set(prepared.keys)
            infos = Set(prepared.values.map(\.info))
            functions = Set(
                prepared.values.filter { $0.type != .mdev }.compactMap {
                    HandleUnit.name(of: AttachHandleReport(type: $0.type, info: $0.info))
                })
        }

        func has(_ name: String) -> Bool { handles.contains(name) || functions.contains(name) }
    }

    static let none = SharedRoom([], of: [], in: [], prepared: [:])

    /// - Parameters:
    ///   - devices: as the drivers report them
    ///   - arranged: the same devices in the host's layout
    init(
        _ pools: [CapacityPool], of devices: [DeviceReport], in arranged: [DeviceReport],
        prepared: [String: PreparedHandle]
    ) {
        var units: [String: HostUnit] = [:]
        for device in devices {
            for deployable in device.deployables {
                units[deployable.name] = deployable.handles.first.map { HostUnit(device.driver, $0) }
            }
        }
        let places = arranged.places
        self.prepared = Prepared(prepared)
        self.pools = pools.map { pool in
            var cells: [Cell] = []
            for kind in pool.kinds {
                for part in kind.parts {
                    guard let unit = part.deployable.flatMap({ units[$0] }), let place = places[unit] else { continue }
                    cells.append(Cell(kind: kind.name, part: part, place: place))
                }
            }
            return Pool(pool, cells)
        }.filter { !$0.cells.isEmpty }
    }

    /// Inventories that belong to only one pool. A group across cards is the sum of what its cards have.
    private var places: Set<ProviderPart> {
        var owners: [ProviderPart: Int] = [:]
        for (index, pool) in pools.enumerated() {
            for place in Set(pool.cells.map(\.place)) { owners[place] = owners[place] == nil ? index : -1 }
        }
        return Set(owners.filter { $0.value >= 0 }.keys)
    }

    /// Providers whose claims must be known.
    var askedProviders: [ResourceProviderID] {
        let own = places
        return Set(pools.filter(\.isAsked).flatMap(\.cells).map(\.place).filter(own.contains).map(\.provider)).sorted()
    }

    /// The total of each inventory that belongs to only one pool.
    ///
    /// - Parameters:
    ///   - claims: the allocations in Placement; nil if they were not read: then what exists counts as held
    ///   - withheld: what is not offered for other reasons, and therefore uses no capacity
    func totals(claims: [ProviderPart: Int]?, withheld: Set<ProviderPart> = []) -> [ProviderPart: Int] {
        let own = places
        var totals: [ProviderPart: Int] = [:]
        for pool in pools {
            let stands = stands(of: pool)
            var needs: [ProviderPart: Int] = [:]
            var pending: [String: Int] = [:]
            for (place, stand) in stands where own.contains(place) {
                let claimed = pool.isAsked ? claims.map { $0[place] ?? 0 } ?? stand.ours : stand.ours
                let waiting = max(0, claimed - stand.ours - stand.found)
                let need = max(0, waiting - stand.spares)
                needs[place] = need
                if need > 0, let kind = pool.cells.first(where: { $0.place == place })?.kind {
                    pending[kind, default: 0] += need
                }
                totals[place] =
                    claimed + max(0, stand.spares - waiting)
                    + max(0, stand.found - max(0, claimed - stand.ours))
            }
            var left = pool.pool.room(pending: pending)
            for cell in pool.cells
            where own.contains(cell.place) && !withheld.contains(cell.place.provider, cell.place.resourceClass ?? "") {
                // What is claimed of this very part and not made yet.
                let need = min(needs[cell.place] ?? 0, cell.part.available)
                needs[cell.place, default: 0] -= need
                let share = min(left[cell.kind] ?? 0, cell.part.available - need)
                left[cell.kind, default: 0] -= share
                totals[cell.place, default: 0] += share
            }
        }
        return totals
    }

    private func stands(of pool: Pool) -> [ProviderPart: Stand] {
        var stands: [ProviderPart: Stand] = [:]
        for cell in pool.cells {
            let ours = cell.part.made.count { prepared.has($0) }
            var stand = stands[cell.place] ?? Stand()
            switch cell.part.finding {
            case .own: stand.ours += ours
            case .made: stand.ours += cell.part.made.count
            case .reusable:
                stand.ours += ours
                stand.found += cell.part.made.count - ours
            }
            stand.spares += cell.part.spares
            stands[cell.place] = stand
        }
        return stands
    }

    /// The devices with the number of units that fit now as the number of each part. It does not consider claims, so it
    /// is what the host shows.
    func counted(_ devices: [DeviceReport]) -> [DeviceReport] {
        let totals = totals(claims: nil)
        guard !totals.isEmpty else { return devices }
        return devices.map { device in
            var device = device
            for index in device.deployables.indices {
                let deployable = device.deployables[index]
                guard let total = totals[ProviderPart(deployable.resourceProvider, deployable.resourceClass)] else {
                    continue
                }
                device.deployables[index].accelerators = min(total, deployable.handles.count)
            }
            return device
        }
    }

    /// The wanted providers, with claims taken into account.
    func counted(
        _ wanted: [WantedProvider], claims: [ProviderPart: Int], withheld: Set<ProviderPart>
    ) -> [WantedProvider] {
        let totals = totals(claims: claims, withheld: withheld)
        guard !totals.isEmpty else { return wanted }
        return wanted.map { provider in
            var provider = provider
            for resourceClass in provider.stocks.keys {
                guard let total = totals[ProviderPart(provider.id, resourceClass.name)] else { continue }
                provider.stocks[resourceClass] = WantedProvider.Stock(
                    // Placement knows no inventory of nothing.
                    total: max(1, total),
                    isWithheld: total == 0 || withheld.contains(provider.id, resourceClass.name))
            }
            return provider
        }
    }

    /// The deployables with handles that have room first. The control plane reserves the first free handle, and in a
    /// group over several cards and parents one card may be full while another one has room.
    func ordered(_ arranged: [DeviceReport], of devices: [DeviceReport]) -> [DeviceReport] {
        var open: [String: Int] = [:]
        for pool in pools {
            for (deployable, share) in pool.pool.shares(pool.pool.room()) { open[deployable, default: 0] += share }
            for cell in pool.cells {
                guard let name = cell.part.deployable else { continue }
                let free = cell.part.finding == .reusable ? cell.part.made.count { !prepared.has($0) } : 0
                open[name, default: 0] += cell.part.spares + free
            }
        }
        guard !open.isEmpty else { return arranged }
        var ranks: [HostUnit: Int] = [:]
        for device in devices {
            for deployable in device.deployables {
                guard var left = open[deployable.name] else { continue }
                for handle in deployable.handles {
                    let unit = HostUnit(device.driver, handle)
                    let isOpen = left > 0 && !prepared.infos.contains(handle.info)
                    ranks[unit] = isOpen ? 0 : 1
                    if isOpen { left -= 1 }
                }
            }
        }
        return arranged.map { device in
            var device = device
            for index in device.deployables.indices {
                let handles = device.deployables[index].handles
                let rank = handles.map { ranks[HostUnit(device.driver, $0)] ?? 0 }
                guard rank.contains(1), rank.contains(0) else { continue }
                device.deployables[index].handles =
                    handles.indices.filter { rank[$0] == 0 }.map { handles[$0] }
                    + handles.indices.filter { rank[$0] == 1 }.map { handles[$0] }
            }
            return device
        }
    }
}
