import API
import Model

/// The bounds of an inventory's numbers, for callers in the same process: what the schema says to callers over HTTP.
enum InventoryNumbers {
    private static let mostRatio = 3.40282e+38

    static func check(_ inventories: [ResourceClass: Inventory], of id: ResourceProviderID) throws(Fault) {
        for (name, inventory) in inventories.sorted(by: { $0.key < $1.key }) {
            let numbers = [
                ("total", inventory.total, 1), ("reserved", inventory.reserved, 0), ("min_unit", inventory.minUnit, 1),
                ("max_unit", inventory.maxUnit, 1), ("step_size", inventory.stepSize, 1),
            ]
            for (field, number, least) in numbers where !(least...Inventory.limit).contains(number) {
                throw invalid(name, of: id, field, "\(number)", "from \(least) to \(Inventory.limit)")
            }
            guard inventory.allocationRatio.magnitude <= mostRatio else {
                throw invalid(
                    name, of: id, "allocation_ratio", "\(inventory.allocationRatio)", "at most \(mostRatio)")
            }
            try InventoryBody.check(inventory, name.name, of: id, APIVersion.fullReservation.number, doing: "update")
        }
    }

    private static func invalid(
        _ name: ResourceClass, of id: ResourceProviderID, _ field: String, _ got: String, _ bounds: String
    ) -> Fault {
        .badRequest(
            "Invalid inventory for '\(name)' on resource provider '\(id)': '\(field)' is \(got), and must be \(bounds).",
            field: field)
    }
}
