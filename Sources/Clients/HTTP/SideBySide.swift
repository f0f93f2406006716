public import Model

/// Sends many calls to a service, several at once: writes that wait together share one flush of its database.
public enum SideBySide {
    /// Maximum number of concurrent calls.
    public static let width = 16

    /// The results of `work` for each of `items`, in their order. All calls have ended when this returns. Throws the
    /// fault of the first item, in order, that has one.
    public static func run<Item: Sendable, Answer: Sendable>(
        _ items: [Item], _ work: @escaping @Sendable (Item) async throws(Fault) -> Answer
    ) async throws(Fault) -> [Answer] {
        let results = await withTaskGroup(of: (Int, Result<Answer, Fault>).self) { group in
            var results: [Result<Answer, Fault>?] = Array(repeating: nil, count: items.count)
            var waiting = items.enumerated().makeIterator()
            func begin() {
                guard let (place, item) = waiting.next() else { return }
                group.addTask {
                    do throws(Fault) {
                        return (place, .success(try await work(item)))
                    } catch {
                        return (place, .failure(error))
                    }
                }
            }
            for _ in 0..<width { begin() }
            for await (place, result) in group {
                results[place] = result
                begin()
            }
            return results
        }
        var answers: [Answer] = []
        answers.reserveCapacity(items.count)
        for case let result? in results { answers.append(try result.get()) }
        return answers
    }
}
