import Drivers
import Model

/// Where what is held of each place of the layout before goes.
struct ReshapeGoals {
    typealias Place = ReshapePlan.Place

    private var known: [Place: [Place]] = [:]
    private var any: [ResourceProviderID: [Place]] = [:]

    init(_ change: LayoutChange, to new: [DeployableReport], _ purpose: ReshapePlan.Purpose) {
        let targets = Set(new.map(\.resourceProvider))
        let places = Set(new.compactMap { Place($0) })
        for move in change.moves {
            guard let from = Place(move.from, move.resourceClass) else { continue }
            let goals = move.to.compactMap { Place($0.provider, $0.resourceClass) }
            var own = goals
            if purpose == .regrouping {
                own.removeAll { $0.resourceClass != from.resourceClass }
                // What is left of a group is where its claims stay as long as they can.
                if places.contains(from), !own.contains(from) { own.insert(from, at: 0) }
            }
            known[from, default: []] += own.filter { known[from]?.contains($0) != true }
            // What was claimed when the provider had another class.
            if !targets.contains(move.from) { any[move.from, default: []] += goals }
        }
    }

    func of(_ place: Place) -> [Place] { known[place] ?? any[place.provider] ?? [] }
}
