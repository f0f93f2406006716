import Host

/// How many devices of each type a parent can hold.
///
/// The types of one parent share it: the kernel says how many more of a type fit now, which falls as other types are made.
/// What a type can have at most, alone, comes from the vendor's description where it says so (`max_instance=16`). Elsewhere
/// it is bounded from above: with a share f of the parent free, aᵢ = ⌊f × mᵢ⌋ more of type i fit, and the shares in use,
/// cᵢ / mᵢ, sum to 1 − f. Too high a bound does no harm, for the inventory is what fits; too low a one would drop a handle
/// that someone holds.
struct MdevCapacity: Equatable {
    /// The maximum number of devices of each type, if there is no other type.
    let maximum: [String: Int]
    /// The number of devices of each type that exist or are possible now.
    let current: [String: Int]

    init(_ types: [MdevType]) {
        var maximum: [String: Int] = [:]
        var current: [String: Int] = [:]
        let used = types.filter { !$0.devices.isEmpty }
        // At least 1 / f − 1.
        let load = used.reduce(0.0) { $0 + Double($1.devices.count) / Double(max($1.available, 1)) }
        let isFull = used.contains { $0.available == 0 }
        for type in types {
            let made = type.devices.count
            current[type.name] = type.available + made
            let isAlone = used.isEmpty || (used.count == 1 && used[0].name == type.name)
            let bound: Int
            if let stated = Self.stated(type.text) {
                bound = stated
            } else if isAlone {
                bound = type.available + made
            } else if isFull {
                bound = Self.unknown
            } else {
                // Below (aᵢ + 1) / f.
                bound = Int((Double(type.available + 1) * (1 + load) - 1e-9).rounded(.up)) - 1
            }
            maximum[type.name] = max(bound, type.available + made)
        }
        self.maximum = maximum
        self.current = current
    }

    /// The number of handles of a type. A virtual function holds one device, however many its card holds.
    func handles(of type: MdevType, on function: PCIFunction?) -> Int {
        let maximum = maximum[type.name] ?? 0
        guard function?.isVirtualFunction == true else { return maximum }
        return min(maximum, max(1, type.available + type.devices.count))
    }

    /// The number of handles of a type when several types fill the parent completely. It is more than the kernel's
    /// sample drivers make.
    private static let unknown = 64

    static func stated(_ text: String?) -> Int? {
        guard let text, let range = text.firstRange(of: "max_instance=") else { return nil }
        return Int(text[range.upperBound...].prefix { $0.isASCII && $0.isNumber })
    }
}
