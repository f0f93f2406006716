import Model

/// Work on many providers, some of it at once: writes that wait together share one flush of the database.
enum SideBySide {
    static let width = 16

    /// Runs `work` for each of `items`. All have ended when this returns; throws the fault of the first one in order that
    /// has one.
    static func run<Item: Sendable>(
        _ items: [Item], _ work: @escaping @Sendable (Item) async throws(Fault) -> Void
    ) async throws(Fault) {
        let faults = await withTaskGroup(of: (Int, Fault?).self) { group in
            var faults: [Int: Fault] = [:]
            var waiting = items.enumerated().makeIterator()
            func begin() {
                guard let (place, item) = waiting.next() else { return }
                group.addTask {
                    do throws(Fault) {
                        try await work(item)
                        return (place, nil)
                    } catch {
                        return (place, error)
                    }
                }
            }
            for _ in 0..<width { begin() }
            for await (place, fault) in group {
                faults[place] = fault
                begin()
            }
            return faults
        }
        if let first = faults.min(by: { $0.key < $1.key }) { throw first.value }
    }
}
