import Host
import Model

/// Cards whose virtual functions take one type each, through the vendor's own folder in sysfs, and share the card's
/// capacity.
///
/// A function lists the types that could be made on it now. All functions of a free card list a type even if it fits
/// only once; as soon as one function has it, the others list nothing. So each configured function is offered, and the
/// number of functions that have room is counted for the card.
struct VendorCards {
    private let pass: DiscoveryPass
    /// Every type that is listed on the host now, by number.
    private let titles: [Int: String]
    /// Functions that take types, by their card.
    private let functions: [PCIAddress: [PCIFunction]]
    /// The configured functions.
    private var units: [PCIAddress: Unit] = [:]

    private struct Unit {
        let number: Int
        let deployable: String
        let maximum: Int?
    }

    init(_ pass: DiscoveryPass) {
        self.pass = pass
        let all = pass.snapshot.functions.filter { $0.vendor == NvidiaDriver.vendor && $0.vendorPartition != nil }
        functions = Dictionary(grouping: all, by: Self.card)
        titles = Dictionary(
            all.flatMap { $0.vendorPartition?.creatable ?? [] }.map { ($0.number, $0.title) },
            uniquingKeysWith: { first, _ in first })
    }

    private static func card(of function: PCIFunction) -> PCIAddress { function.physicalFunction ?? function.address }

    /// Reports a function with its configured type. Nil if it is offered, otherwise the reason.
    mutating func divided(_ function: PCIFunction, _ types: [String], into discovery: inout Discovery) -> String? {
        guard types.count == 1, let type = types.first else {
            return "it can have one type of \(types.joined(separator: ", ")); name one"
        }
        guard let partition = function.vendorPartition else {
            return "the type \(type) is configured for it, and its driver offers no types"
        }
        guard let number = NvidiaDriver.number(of: type) else { return "'\(type)' is no vGPU type" }
        let before = known(number, on: function)
        let card = functions[Self.card(of: function)] ?? []
        let title = titles[number] ?? before.title
        let isListed = card.contains { Self.lists(number, $0) }
        let isInUse = card.contains { $0.vendorPartition?.current != 0 }
        guard isListed || isInUse || before.title != nil else {
            let there = Set(card.flatMap { $0.vendorPartition?.creatable ?? [] }.map(\.number)).sorted()
            return "it has no type \(type), "
                + (there.isEmpty
                    ? "and lists none" : "but \(there.map { "nvidia-\($0)" }.joined(separator: ", "))")
        }
        // Too small where the card is in use and was never seen free: then one after another is offered.
        let names = card.flatMap { $0.vendorPartition?.creatable ?? [] }.compactMap { VGPUTypeName($0.title) }
        let seen = title.flatMap { VGPUTypeName($0) }?.maximum(among: names)
        let maximum = [seen, before.maximum].compactMap { $0 }.max()
        var facts = PCIDriver.facts(of: function)
        facts["cleaning"] = "the vGPU is removed and the function reset"
        facts["vgpu_type"] = title
        facts["vgpu_maximum"] = maximum.map(String.init)
        // While a tenant has it no type is listed and its name is not shown: class and traits must not change by that.
        var device = PCIReport(
            type: .gpu, driver: NvidiaDriver.name, resourceClass: NvidiaDriver.resourceClass(of: title),
            traits: NvidiaDriver.traits(of: function, title, else: "TYPE_\(number)"), facts: facts,
            handle: Attachment(.pci(function.address), details: ["asked_type": type]), needsCleaning: true
        ).device(function, on: pass.host)
        for index in device.deployables[0].handles.indices {
            device.deployables[0].handles[index].needsPreparation = true
        }
        discovery.devices.append(device)
        units[function.address] = Unit(number: number, deployable: device.deployables[0].name, maximum: maximum)
        if partition.current != number, !Self.lists(number, function) {
            discovery.notes.append(
                HostProblem(path: function.path, text: "has no room for a vGPU of type \(type) now"))
        }
        return nil
    }

    /// Name and number of a type as they were when the card was last read.
    private func known(_ number: Int, on function: PCIFunction) -> (title: String?, maximum: Int?) {
        let card = Self.card(of: function)
        let last = pass.before.filter { device in
            let type = device.deployables.first?.handles.first?.attachment.askedType
            return device.model == function.productID && type.flatMap { NvidiaDriver.number(of: $0) } == number
        }
        let same = last.first { ($0.physicalFunction ?? $0.address) == card }
        return (
            (same ?? last.first)?.facts["vgpu_type"], same?.facts["vgpu_maximum"].flatMap { Int($0) }
        )
    }

    private static func lists(_ number: Int, _ function: PCIFunction) -> Bool {
        function.vendorPartition?.creatable.contains { $0.number == number } == true
    }

    /// A pool for each card that is offered.
    var pools: [CapacityPool] {
        functions.sorted { $0.key < $1.key }.compactMap { card, functions in
            let own = functions.filter { units[$0.address] != nil }
            guard !own.isEmpty else { return nil }
            // What functions have that are not offered as it takes its room, too.
            let numbers = Set(own.compactMap { units[$0.address]?.number })
                .union(functions.compactMap { $0.vendorPartition?.current }.filter { $0 != 0 })
            return CapacityPool(
                name: card.description, sharing: .exclusive,
                kinds: numbers.sorted().map { number in
                    CapacityPool.Kind(
                        name: "nvidia-\(number)",
                        maximum: own.compactMap { units[$0.address] }.filter { $0.number == number }
                            .compactMap(\.maximum).max(),
                        parts: functions.compactMap { part(of: $0, number) })
                })
        }
    }

    private func part(of function: PCIFunction, _ number: Int) -> CapacityPool.Part? {
        guard let partition = function.vendorPartition else { return nil }
        let unit = units[function.address].flatMap { $0.number == number ? $0 : nil }
        guard unit != nil || partition.current == number else { return nil }
        return CapacityPool.Part(
            deployable: unit?.deployable, made: partition.current == number ? [function.address.description] : [],
            available: partition.current == 0 && Self.lists(number, function) ? 1 : 0, finding: .reusable)
    }
}
