import Model
import Search

/// Claims of consumers that hold nothing yet, from one request or several, put together as one change of the database.
///
/// Whether they fit is foreseen from the index when they are added, and decided by the statements that write them: where
/// the database does not bear the index out, nothing is written and each request goes the long way, which says why.
struct FreshClaims: Sendable {
    /// The statements found something else than the index foresaw.
    struct Declined: Error {}

    /// What is taken of one inventory, by all claims together.
    struct Draw: Sendable {
        var amount = 0
        /// The smallest and the largest single amount.
        var least = Int.max
        var most = 0
        /// The greatest common divisor of the single amounts: a multiple of the step where all of them are.
        var divisor = 0

        mutating func take(_ share: Int) {
            amount.add(share)
            least = min(least, share)
            most = max(most, share)
            var (larger, smaller) = (max(divisor, share), min(divisor, share))
            while smaller > 0 { (larger, smaller) = (smaller, larger % smaller) }
            divisor = larger
        }

        func fits(_ stock: ProviderDescription.Stock) -> Bool {
            let inventory = stock.inventory
            return least >= inventory.minUnit && most <= inventory.maxUnit && divisor.isMultiple(of: inventory.stepSize)
                && Double(stock.used) + Double(amount) <= inventory.room
        }
    }

    private(set) var claims: [ConsumerClaim] = []
    private(set) var draws: [InventoryKey: Draw] = [:]
    /// How many requests name each provider: so often its generation moves on.
    private(set) var requests: [ResourceProviderID: Int] = [:]
    private var consumers: Set<ConsumerID> = []

    var isEmpty: Bool { claims.isEmpty }

    /// Takes the claims of one request in. Answers false, and takes nothing, where they are of another sort or would not fit.
    mutating func add(_ request: [ConsumerClaim], foreseenFrom index: PlacementIndex) -> Bool {
        var draws: [InventoryKey: Draw] = [:]
        var named: Set<ResourceProviderID> = []
        for claim in request {
            guard claim.generation == .absent, !claim.allocations.isEmpty, !consumers.contains(claim.consumer) else {
                return false
            }
            for (provider, resources) in claim.allocations {
                named.insert(provider)
                for (name, amount) in resources {
                    let key = InventoryKey(provider: provider, resourceClass: name)
                    draws[key, default: self.draws[key] ?? Draw()].take(amount)
                }
            }
        }
        for (key, draw) in draws {
            guard let stock = index.stock(of: key.provider, key.resourceClass), draw.fits(stock) else { return false }
        }
        self.draws.merge(draws) { _, new in new }
        for provider in named { requests[provider, default: 0] += 1 }
        consumers.formUnion(request.map(\.consumer))
        claims += request
        return true
    }
}
