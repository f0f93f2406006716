import Host
import Model

/// Cleans a function by resetting it. The reset clears its registers and, as far as the vendor implements that, its
/// memory. Nothing is read back afterwards, and the record says so.
struct ResetCleaning {
    /// Samples of a memory region that are written before and read after the reset.
    static let memorySamples = 1024

    let control: HostControl
    let time: TimeSource
    let random: @Sendable () -> UInt64

    init(_ options: DriverOptions) {
        control = options.control
        time = options.time
        random = options.random
    }

    func clean(_ address: PCIAddress, note: String? = nil) async throws(DriverFault) -> CleaningRecord {
        let begun = time.now()
        let reset = try await changing { () async throws(ControlFault) in try await control.reset(address) }
        let function = reset.function
        var device = ["address": address.description, "vendor": function.vendorID, "product": function.productID]
        device["serial"] = function.serial
        return CleaningRecord(
            device: device, methods: [reset.description],
            verification: .impossible(note ?? "memory on a card cannot be read from its host"), begun: begun,
            ended: time.now())
    }

    /// Resets a function that has memory in a region: a pattern that is written before the reset must be gone
    /// afterwards. Then the function gets back the driver that it had.
    func clean(_ address: PCIAddress, memoryRegion index: Int) async throws(DriverFault) -> CleaningRecord {
        let function = await control.snapshot().function(at: address)
        guard let function else { throw DriverFault("There is no PCI function \(address) on this host.") }
        guard let region = function.bars.first(where: { $0.index == index }) else {
            throw DriverFault("\(address) has no region \(index), which device_spec names as its memory_region.")
        }
        let check = MemoryCheck(
            root: control.root, path: "\(function.path)/resource\(index)", size: region.size, seed: random(),
            count: Self.memorySamples)
        let wasDriven = try await changing { () async throws(ControlFault) in try await control.takeMemory(of: address)
        }
        let outcome: Result<CleaningRecord, DriverFault>
        do throws(DriverFault) {
            outcome = .success(try await clean(address, check, index))
        } catch {
            outcome = .failure(error)
        }
        try await changing { () async throws(ControlFault) in
            try await control.returnMemory(of: address, wasDriven: wasDriven)
        }
        return try outcome.get()
    }

    private func clean(_ address: PCIAddress, _ check: MemoryCheck, _ index: Int) async throws(DriverFault)
        -> CleaningRecord
    {
        try await check.plant()
        var record = try await clean(address)
        let count = check.places.count
        let left = try await check.found()
        if let first = left.first {
            throw DriverFault(
                "The memory of \(address) outlives its reset: \(left.count) of \(count) samples of its region \(index) still hold "
                    + "what was written before, the first at byte \(first).")
        }
        record.methods.insert(
            "pattern in memory region \(index) of \(check.size) bytes, gone after the reset; memory beyond it was not read",
            at: 0)
        record.verification = .samples(
            seed: check.seed, count: count, size: MemoryCheck.sampleSize, written: count)
        return record
    }
}
