import Model
import Search

/// Claims of consumers that hold nothing yet, from one request or several, combined into one change of the database.
///
/// When they are added, the index predicts whether they fit; the statements that write them decide. If the database
/// contradicts the index, nothing is written, and each request is processed alone, which determines the reason.
struct FreshClaims: Sendable {
    /// The statements found a different state than the index predicted.
    struct Declined: Error {}

    /// What all claims together take from one inventory.
    struct Draw: Sendable {
        var amount = 0
        /// The smallest and the largest single amount.
        var least = Int.max
        var most = 0
        /// The greatest common divisor of the single amounts: it is a multiple of the step size if all of them are.
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
    /// The number of requests that name each provider, by which its generation increases.
    private(set) var requests: [ResourceProviderID: Int] = [:]
    private var consumers: Set<ConsumerID> = []

    var isEmpty: Bool { claims.isEmpty }

    /// Adds the claims of one request. Returns false, and adds nothing, if they are of another kind or would not fit.
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
