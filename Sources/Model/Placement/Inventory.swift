/// How much of one resource class a provider has. Units depend on the class (VCPU: threads, MEMORY_MB: MiB).
public struct Inventory: Hashable, Sendable {
    /// 1 … 2147483647.
    public var total: Int
    /// Withheld from claims: 0 … total.
    public var reserved: Int
    /// Smallest amount of one claim.
    public var minUnit: Int
    /// Largest amount of one claim.
    public var maxUnit: Int
    /// A claim's amount is a multiple of it.
    public var stepSize: Int
    public var allocationRatio: Double

    public static let limit = 2_147_483_647

    public init(
        total: Int, reserved: Int = 0, minUnit: Int = 1, maxUnit: Int = Inventory.limit, stepSize: Int = 1,
        allocationRatio: Double = 1
    ) {
        self.total = total
        self.reserved = reserved
        self.minUnit = minUnit
        self.maxUnit = maxUnit
        self.stepSize = stepSize
        self.allocationRatio = allocationRatio
    }

    /// Number of units that may be claimed in total: (total − reserved) × ratio, rounded down. It is limited so that
    /// sums of a few such numbers fit into an Int, whatever the database contains.
    public var capacity: Int {
        let exact = room.rounded(.down)
        if exact >= Double(Self.mostCapacity) { return Self.mostCapacity }
        return exact > -Double(Self.mostCapacity) ? Int(exact) : -Self.mostCapacity
    }

    /// The capacity before rounding; 0 if the ratio is not a number.
    public var room: Double {
        let exact = (Double(total) - Double(reserved)) * allocationRatio
        return exact.isNaN ? 0 : exact
    }

    private static let mostCapacity = Int.max / 4

    /// Whether a claim may have this amount, regardless of how many units are free.
    public func admits(_ amount: Int) -> Bool {
        // A step of 0, which only a damaged database has, fits nothing.
        amount >= minUnit && amount <= maxUnit && amount.isMultiple(of: stepSize)
    }
}
